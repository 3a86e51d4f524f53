package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"floe/wasm/client"
)

func runWithdraw(ctx context.Context, c *console, args []string) error {
	fs := c.flags("withdraw", "[-server URL] [LINK]")
	server := fs.String("server", "", "server (the link's, FLOE_SERVER, "+defaultServer+")")
	if err := parse(fs, args); err != nil {
		return err
	}
	s, req, err := c.changing(fs, server)
	if err != nil {
		return err
	}
	if err := s.Withdraw(ctx, *req); err != nil {
		return err
	}
	fmt.Fprintln(c.err, "Withdrawn. Who has opened it before may still have the files.")
	return nil
}

func runGrant(ctx context.Context, c *console, args []string) error {
	fs := c.flags("grant", "[-server URL] -to RECIPIENT [LINK]")
	server := fs.String("server", "", "server (the link's, FLOE_SERVER, "+defaultServer+")")
	to := fs.String("to", "", "recipient (age1…) who may open it from now on")
	if err := parse(fs, args); err != nil {
		return err
	}
	if *to == "" {
		return misuse(fs, "nobody named: -to RECIPIENT says who may open it")
	}
	s, req, err := c.changing(fs, server)
	if err != nil {
		return err
	}
	if err := s.Grant(ctx, *req, *to); err != nil {
		return err
	}
	fmt.Fprintln(c.err, "Granted. They can open it with the link, secret or no secret.")
	return nil
}

// changing prepares to change a parcel that this device's identity sent.
func (c *console) changing(fs *flag.FlagSet, server *string) (*session, *client.ChangeRequest, error) {
	link, err := c.link(fs)
	if err != nil {
		return nil, nil, err
	}
	s, err := newSession(*server, link)
	if err != nil {
		return nil, nil, err
	}
	req := &client.ChangeRequest{Link: link}
	req.Seed, err = s.home.seed()
	if errors.Is(err, errNoIdentity) {
		err = fmt.Errorf("%w, so nothing was sent from it\nhint: floe identity import brings the one that sent this", err)
	}
	if err != nil {
		return nil, nil, err
	}
	req.Indices, err = s.home.indices()
	return s, req, err
}
