package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// link takes the link from the arguments or, so that its secret needn't stand
// in argv, from standard input.
func (c *console) link(fs *flag.FlagSet) (string, error) {
	switch fs.NArg() {
	case 1:
		return fs.Arg(0), nil
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
		return line, nil
	}
	b, err := io.ReadAll(io.LimitReader(c.in, 64<<10))
	if err != nil {
		return "", fmt.Errorf("couldn't read the link: %w", err)
	}
	if len(strings.TrimSpace(string(b))) == 0 {
		return "", misuse(fs, "no link given")
	}
	return string(b), nil
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
		return "", fmt.Errorf("couldn't read the passphrase: %w", err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	if line = strings.TrimSpace(line); line == "" {
		return "", fmt.Errorf("couldn't read the passphrase: the first line of %s is empty", name)
	}
	return line, nil
}
