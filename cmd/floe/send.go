package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"

	"floe/wasm/client"
)

// stringList is a flag that may be given several times.
type stringList []string

func (l *stringList) String() string { return fmt.Sprint(*l) }

func (l *stringList) Set(s string) error {
	*l = append(*l, s)
	return nil
}

func runSend(ctx context.Context, c *console, args []string) error {
	cmd, err := parseSend(c, args)
	if err != nil {
		return err
	}
	if cmd.goOn {
		return goOn(ctx, c)
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	return cmd.run(ctx, c, &unfinished{Dir: dir, Arguments: args})
}

// sendCommand is floe send as it was given.
type sendCommand struct {
	flags  *flag.FlagSet
	way    *way
	base   string
	epochs uint
	phrase string
	light  bool
	note   string
	to     stringList
	goOn   bool
}

func parseSend(c *console, args []string) (*sendCommand, error) {
	fs := c.flags("send", payingUsage+" [-to RECIPIENT]… [-passphrase-file F] [-epochs N] [-light] [-note F] FILE… | -continue")
	cmd := &sendCommand{flags: fs, way: wayFlags(fs, true, false)}
	fs.StringVar(&cmd.base, "link-base", "", "with -network: `URL` of a server on that network, for the link to open in its page as well")
	fs.UintVar(&cmd.epochs, "epochs", 0, "how many of the network's epochs to keep it (0: the server's default, or a week)")
	fs.StringVar(&cmd.phrase, "passphrase-file", "", "ask for the passphrase on the first line of this file besides the link")
	fs.BoolVar(&cmd.light, "light", false, "for slow connections: upload everything once, sealed as ever, and let the server encode it")
	fs.StringVar(&cmd.note, "note", "", "write the recovery note to this file")
	fs.Var(&cmd.to, "to", "recipient (age1…) who alone may open it; may be repeated")
	fs.BoolVar(&cmd.goOn, "continue", false, "go on with what was interrupted last, from where it stopped")
	if err := parse(fs, args); err != nil {
		return nil, err
	}
	switch {
	case cmd.goOn && (fs.NFlag() > 1 || fs.NArg() > 0):
		return nil, misuse(fs, "-continue stands alone: files and flags are those of the command that was interrupted")
	case cmd.goOn:
		return cmd, nil
	case fs.NArg() == 0:
		return nil, misuse(fs, "nothing to send")
	case cmd.base != "" && cmd.way.network == "":
		return nil, misuse(fs, "-link-base goes with -network: over a server, links are to its page")
	case cmd.light && cmd.way.network != "":
		return nil, misuse(fs, "-light is for servers: without one, nobody else can encode")
	case cmd.base != "" && !isURL(cmd.base):
		return nil, misuse(fs, "%q is no -link-base; it is given as https://floe.example", cmd.base)
	}
	return cmd, cmd.way.check(fs)
}

// run sends; where u has been begun before, it goes on with that.
func (cmd *sendCommand) run(ctx context.Context, c *console, u *unfinished) error {
	files, err := c.collect(cmd.flags.Args())
	if err != nil {
		return err
	}
	if _, err := os.Lstat(cmd.note); cmd.note != "" && err == nil {
		return fmt.Errorf("%s exists already; nothing was sent\nhint: -note takes the name of a new file", cmd.note)
	}
	req := client.SendRequest{Files: files, Recipients: cmd.to, Epochs: uint32(min(cmd.epochs, 1<<31)), Light: cmd.light, Resume: u.State}
	if cmd.phrase != "" && u.State == nil {
		if req.Passphrase, err = passphraseFile(cmd.phrase); err != nil {
			return err
		}
	}
	s, err := cmd.way.open(ctx, cmd.flags, "")
	if err != nil {
		return err
	}
	defer s.close()
	if cmd.base != "" {
		s.base = cmd.base
	}
	u.over(s)
	return send(ctx, c, s, cmd.note, req, u)
}

func send(ctx context.Context, c *console, s *session, note string, req client.SendRequest, u *unfinished) (err error) {
	if req.Seed, err = s.home.ensureSeed(); err != nil {
		return err
	}
	if req.Resume == nil {
		if u.Index, err = s.home.takeIndex(); err != nil {
			return err
		}
	}
	if err := u.hold(s.home); err != nil {
		return err
	}
	req.Index, req.Journal = u.Index, u.keep(s.home)
	req.Server, req.Network = s.base, ""
	if s.direct != nil {
		req.Server, req.Network = "", shellWord(s.network)
		req.Afford = func(frost uint64, blobs int) error { return s.direct.Afford(ctx, frost, blobs) }
	}
	bar := newBar(c.err)
	req.Progress = bar.show
	sent, err := s.Send(ctx, req)
	bar.end()
	if err := u.end(c, s.home, err); err != nil {
		return err
	}
	if err := s.home.sent(req.Index, sent.Parcel.String()); err != nil {
		return err
	}
	if note != "" {
		if err := create(note, noteText(sent.Note, note)); err != nil {
			fmt.Fprintf(c.err, "floe: the recovery note couldn't be written: %v\n", err)
		}
	}
	fmt.Fprintf(c.err, "%s\nKept until %s, by %d of %d nodes; any %d are enough.\n", who(sent),
		sent.EndsAt.Format("2 January 2006, 15:04"), sent.NodesHolding, sent.NodesTotal, sent.NodesNeeded)
	s.sayPaid(c)
	_, err = fmt.Fprintln(c.out, sent.Link.URL(s.base))
	return err
}

// noteText is the note for the file at path: the commands in it name that file.
func noteText(note client.Note, path string) []byte {
	return []byte(strings.ReplaceAll(note.Text, note.Name, shellWord(filepath.Base(path))))
}

// shellWord quotes what a shell would take for more than one word, or age for a
// flag.
func shellWord(name string) string {
	if strings.HasPrefix(name, "-") {
		name = "./" + name
	}
	odd := func(r rune) bool {
		return !strings.ContainsRune("-._/", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	if !strings.ContainsFunc(name, odd) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

func who(sent *client.Sent) string {
	switch {
	case sent.Link.Secret == nil:
		return "Ready. Only who you named can open it."
	case sent.Passphrase:
		return "Ready. Anyone with this link and the passphrase can open it."
	}
	return "Ready. Anyone with this link can open it."
}

// collect lists the files to send: folders with all regular files in them.
func (c *console) collect(args []string) (files []client.File, err error) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no file or folder %s", arg)
		}
		if err != nil {
			return nil, fmt.Errorf("couldn't look at %s: %w", arg, cause(err))
		}
		if !info.IsDir() {
			if !info.Mode().IsRegular() {
				return nil, fmt.Errorf("%s is neither a file nor a folder", arg)
			}
			if err := readable(arg); err != nil {
				return nil, err
			}
			files = append(files, fileAt(arg, filepath.Base(arg), info))
			continue
		}
		found, err := c.walk(arg)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("there are no files in %s", strings.Join(args, ", "))
	}
	return files, nil
}

// walk lists a folder. What isn't a regular file is left out, and said so:
// links could lead anywhere.
func (c *console) walk(dir string) (files []client.File, err error) {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	root := filepath.Base(whole)
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("couldn't look at %s: %w", name, cause(err))
		}
		if d.IsDir() {
			return nil
		}
		if !d.Type().IsRegular() {
			fmt.Fprintf(c.err, "floe: %s is left out: it is neither a file nor a folder\n", name)
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if err := readable(name); err != nil {
			return err
		}
		inside, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		files = append(files, fileAt(name, path.Join(root, filepath.ToSlash(inside)), info))
		return nil
	})
	return files, err
}

// readable tells before anything is sent what couldn't be.
func readable(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("couldn't read %s: %w", name, cause(err))
	}
	return f.Close()
}

// fileAt is a file as it was when it was looked at: what was saved since is
// another.
func fileAt(name, as string, info fs.FileInfo) client.File {
	at := func(off int64) (io.ReadCloser, error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		now, err := f.Stat()
		if err == nil && (now.Size() != info.Size() || !now.ModTime().Equal(info.ModTime())) {
			err = &client.Error{Code: client.CodeChanged, Message: name + " was saved anew while it was being sent. Nothing was finished; send anew."}
		}
		if err == nil {
			_, err = f.Seek(off, io.SeekStart)
		}
		if err != nil {
			f.Close()
			return nil, err
		}
		return f, nil
	}
	return client.File{Path: as, Size: info.Size(), Modified: info.ModTime(), OpenAt: at, Open: func() (io.ReadCloser, error) { return at(0) }}
}
