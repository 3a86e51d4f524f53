package vm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// publishUnits is what Sui charges for a thousand bytes of bytecode.
const publishUnits = 80

// Policies of upgrades that Sui knows. An upgrade here has the same bytecode, so
// it meets each of them.
var policies = []byte{0, 128, 192}

func packageType(name string) suitx.TypeTag {
	return suitx.StructTag{Address: suitx.FrameworkAddress(2), Module: "package", Name: name}.Tag()
}

func (t *typer) publish(c *suitx.Publish) *step {
	return &step{command: c, results: []suitx.TypeTag{packageType("UpgradeCap")}}
}

func (t *typer) upgrade(c *suitx.Upgrade) (*step, error) {
	p, err := t.place(0, c.Ticket)
	if err != nil {
		return nil, err
	}
	u, err := t.as(0, p, move.ByValue, packageType("UpgradeTicket"))
	return &step{command: c, args: []use{u}, results: []suitx.TypeTag{packageType("UpgradeReceipt")}}, err
}

// publish makes a package and returns the capability to upgrade it.
func (m *machine) publish(c *suitx.Publish) ([][]byte, error) {
	if err := m.meter.charge(publishUnits * byteCount(c.Modules) / 1000); err != nil {
		return nil, err
	}
	twin, err := m.codeFor(c.Modules, c.Dependencies)
	if err != nil {
		return nil, err
	}
	id := m.session.NewID()
	if err := m.enterPackage(twin.Package(id), c.Dependencies); err != nil {
		return nil, err
	}
	capability := m.session.NewID()
	b := append(append([]byte{}, capability[:]...), id[:]...)
	b = binary.LittleEndian.AppendUint64(b, 1)
	return [][]byte{append(b, policies[0])}, nil
}

// upgrade makes a package's next version, as the ticket allows, and returns the
// receipt for it.
func (m *machine) upgrade(c *suitx.Upgrade, ticket []byte) ([][]byte, error) {
	if err := m.meter.charge(publishUnits * byteCount(c.Modules) / 1000); err != nil {
		return nil, err
	}
	r := bcs.NewReader(ticket)
	capability, allowed := suitx.Address(r.U256()), suitx.Address(r.U256())
	policy, digest := r.U8(), r.Bytes()
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("upgrade ticket: %w", err)
	}
	computed := suitx.PackageDigest(c.Modules, c.Dependencies)
	switch {
	case allowed != c.Package:
		return nil, badUpgrade(suitx.UpgradeFailure{Problem: suitx.PackageIDDoesNotMatch, Package: c.Package, Ticket: allowed})
	case !bytes.Equal(computed[:], digest):
		return nil, badUpgrade(suitx.UpgradeFailure{Problem: suitx.DigestDoesNotMatch, Digest: computed[:]})
	}
	twin, err := m.codeFor(c.Modules, c.Dependencies)
	if err != nil {
		return nil, err
	}
	old := m.env.Packages.Package(c.Package)
	first := m.env.Packages.Package(old.Original)
	id := m.session.NewID()
	switch {
	case !slices.Contains(policies, policy):
		return nil, badUpgrade(suitx.UpgradeFailure{Problem: suitx.UnknownUpgradePolicy, Policy: policy})
	case first.Twin != twin:
		return nil, badUpgrade(suitx.UpgradeFailure{Problem: suitx.IncompatibleUpgrade})
	}
	err = m.enterPackage(twin.Upgrade(id, old.Version+1, first), c.Dependencies)
	return [][]byte{append(append([]byte{}, capability[:]...), id[:]...)}, err
}

func badUpgrade(f suitx.UpgradeFailure) error {
	return &failure{Kind: suitx.PackageUpgradeError, Upgrade: f}
}

// codeFor finds the twin. That there is none where Sui might run the code isn't
// for here to say: whoever admits transactions refuses it.
func (m *machine) codeFor(modules [][]byte, dependencies []suitx.Address) (*move.Twin, error) {
	t, err := m.env.Packages.TwinFor(modules, dependencies)
	switch {
	case errors.Is(err, suitx.ErrNotBytecode):
		return nil, fail(suitx.VMVerificationOrDeserializationError)
	case errors.Is(err, move.ErrNotAtZero):
		return nil, fail(suitx.PublishErrorNonZeroAddress)
	}
	return t, err
}

// enterPackage puts a package among what the transaction writes, linked to the
// versions of packages that it depends on.
func (m *machine) enterPackage(p *move.Package, dependencies []suitx.Address) error {
	var links []suitx.Link
	for _, id := range dependencies {
		d := m.env.Packages.Package(id)
		if d == nil {
			return fmt.Errorf("package depends on %s, which isn't there", id)
		}
		links = append(links, suitx.Link{Original: d.Original, Upgraded: d.ID, Version: d.Version})
	}
	slices.SortFunc(links, func(a, b suitx.Link) int { return bytes.Compare(a.Original[:], b.Original[:]) })
	o, err := p.Object(links)
	if err != nil {
		return err
	}
	m.session.published = append(m.session.published, Published{p, o})
	return nil
}
