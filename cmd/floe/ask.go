package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/term"
)

// link takes the link from the arguments or, so that its secret needn't stand
// in argv, from standard input.
func (c *console) link(fs *flag.FlagSet) (string, error) {
	switch fs.NArg() {
	case 1:
		return plausible(fs, fs.Arg(0))
	case 0:
	default:
		return "", misuse(fs, "one link at a time; put it in quotes")
	}
	if c.interactive() {
		fmt.Fprint(c.err, "Link: ")
		line, err := bufio.NewReader(c.in).ReadString('\n')
		if err != nil && err != io.EOF {
			return "", err
		}
		return plausible(fs, line)
	}
	b, err := io.ReadAll(io.LimitReader(c.in, 64<<10))
	if err != nil {
		return "", fmt.Errorf("couldn't read the link: %w", err)
	}
	return plausible(fs, string(b))
}

// plausible refuses what was never a link: nothing, or a word of another kind.
func plausible(fs *flag.FlagSet, text string) (string, error) {
	word := strings.TrimSpace(text)
	switch {
	case word == "":
		return "", misuse(fs, "no link given")
	case len(word) < 40 && !strings.ContainsAny(word, "#/"):
		return "", misuse(fs, "%q is no link; one looks like %s/open#…", word, defaultServer)
	}
	return text, nil
}

// interactive says whether somebody sits at standard input.
func (c *console) interactive() bool { return c.in != nil && term.IsTerminal(int(c.in.Fd())) }

// askPassphrase asks on the terminal, without showing what is typed.
func (c *console) askPassphrase() (phrase string, asked bool) {
	if !c.interactive() {
		return "", false
	}
	fmt.Fprint(c.err, "Passphrase: ")
	b, err := term.ReadPassword(int(c.in.Fd()))
	fmt.Fprintln(c.err)
	return string(b), err == nil
}

// passphraseFile reads the first line of a file.
func passphraseFile(name string) (string, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("couldn't read the passphrase from %s: %w", name, cause(err))
	}
	line, _, _ := strings.Cut(string(b), "\n")
	if line = strings.TrimSpace(line); line == "" {
		return "", fmt.Errorf("couldn't read the passphrase: the first line of %s is empty", name)
	}
	return line, nil
}

// cause is what a disk says, without the name and the system call.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
