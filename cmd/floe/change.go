package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"floe/wasm/client"
)

func runWithdraw(ctx context.Context, c *console, args []string) error {
	fs := c.flags("withdraw", payingUsage+" [LINK]")
	w := wayFlags(fs, true, true)
	if err := parse(fs, args); err != nil {
		return err
	}
	s, req, err := c.changing(ctx, fs, w)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.Withdraw(ctx, *req); err != nil {
		return err
	}
	s.sayPaid(c)
	fmt.Fprintln(c.err, withdrawnWords(req.Link))
	return nil
}

// withdrawnWords says what is over and what isn't: a link's secret has a grant of
// its own, beside those of people.
func withdrawnWords(link string) string {
	if strings.Contains(link[strings.LastIndex(link, "#")+1:], ".") {
		return "Withdrawn: this link opens nothing now. People added with floe grant keep access, by the link up to the dot;\nfloe withdraw with that shorter link ends theirs too. Who has opened it before may still have the files."
	}
	return "Withdrawn: nobody but you can open it now. Who has opened it before may still have the files."
}

func runGrant(ctx context.Context, c *console, args []string) error {
	fs := c.flags("grant", payingUsage+" -to RECIPIENT [LINK]")
	w := wayFlags(fs, true, true)
	to := fs.String("to", "", "recipient (age1…) who may open it from now on")
	if err := parse(fs, args); err != nil {
		return err
	}
	if *to == "" {
		return misuse(fs, "nobody named: -to RECIPIENT says who may open it")
	}
	s, req, err := c.changing(ctx, fs, w)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.Grant(ctx, *req, *to); err != nil {
		return err
	}
	s.sayPaid(c)
	fmt.Fprintln(c.err, "Granted. They can open it with the link, or with what stands before its dot; that stays if you withdraw the link.")
	return nil
}

// changing prepares to change a parcel that this device's identity sent.
func (c *console) changing(ctx context.Context, fs *flag.FlagSet, w *way) (*session, *client.ChangeRequest, error) {
	link, err := c.link(fs)
	if err != nil {
		return nil, nil, err
	}
	s, err := w.open(ctx, fs, link)
	if err != nil {
		return nil, nil, err
	}
	req, err := s.changeRequest(link)
	if err != nil {
		s.close()
	}
	return s, req, err
}

func (s *session) changeRequest(link string) (*client.ChangeRequest, error) {
	req := &client.ChangeRequest{Link: link}
	var err error
	req.Seed, err = s.home.seed()
	if errors.Is(err, errNoIdentity) {
		err = fmt.Errorf("%w, so nothing was sent from it\nhint: floe identity import brings the one that sent this", err)
	}
	if err != nil {
		return nil, err
	}
	req.Indices, err = s.home.indices()
	return req, err
}
