package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"floe/wasm/client"
)

// patience is how long a read waits for nodes to return.
const patience = time.Minute

func runOpen(ctx context.Context, c *console, args []string) error {
	fs := c.flags("open", wayUsage+" [-o DIR] [-f] [-passphrase-file F] [-wait D] [LINK]")
	w := wayFlags(fs, false, true)
	dir := fs.String("o", ".", "folder to save into")
	force := fs.Bool("f", false, "replace files that are there")
	phrase := fs.String("passphrase-file", "", "the passphrase is on the first line of this file")
	wait := fs.Duration("wait", patience, "how long to wait for storage nodes to return, such as 30s or 5m")
	if err := parse(fs, args); err != nil {
		return err
	}
	link, err := c.link(fs)
	if err != nil {
		return err
	}
	s, err := w.open(ctx, fs, link)
	if err != nil {
		return err
	}
	defer s.close()
	bar := newBar(c.err)
	req := client.OpenRequest{Link: link, Patience: *wait, Progress: bar.show}
	if *phrase != "" {
		if req.Passphrase, err = passphraseFile(*phrase); err != nil {
			return err
		}
	}
	seed, err := s.home.seed()
	switch {
	case err == nil:
		req.Seed = &seed
	case !errors.Is(err, errNoIdentity):
		return err
	}
	p, err := c.unlock(ctx, s, req, *phrase == "", bar)
	bar.end()
	if err != nil {
		return err
	}
	from := p.From.Fingerprint()
	files := "1 file"
	if len(p.Files) != 1 {
		files = fmt.Sprint(len(p.Files), " files")
	}
	fmt.Fprintf(c.err, "%s, %s, from %s\n", files, client.HumanSize(p.Size()), from.Short())
	bar = newBar(c.err)
	defer bar.end()
	return save(ctx, p, *dir, *force, bar, *wait)
}

// unlock opens the parcel and asks for a passphrase on a terminal where one is
// needed and none was given.
func (c *console) unlock(ctx context.Context, s *session, req client.OpenRequest, ask bool, bar *bar) (*client.Parcel, error) {
	p, err := s.Open(ctx, req)
	for ask && (client.CodeOf(err) == client.CodePassphraseNeeded || client.CodeOf(err) == client.CodePassphraseWrong) {
		bar.wipe()
		if req.Passphrase != "" {
			fmt.Fprintln(c.err, "That passphrase does not open these files. Nothing was used up.")
		}
		phrase, asked := c.askPassphrase()
		if !asked || phrase == "" {
			return nil, err
		}
		req.Passphrase = phrase
		p, err = s.Open(ctx, req)
	}
	return p, err
}
