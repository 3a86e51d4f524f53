package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

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
	fmt.Fprintln(c.err, "Withdrawn. Who has opened it before may still have the files.")
	return nil
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
	fmt.Fprintln(c.err, "Granted. They can open it with the link, secret or no secret.")
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
