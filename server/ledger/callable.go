package ledger

import (
	"encoding/hex"
	"errors"

	"floe/codec/suitx"
	"floe/server/ledger/move"
	"floe/server/ledger/vm"
)

// addPackages finds the packages of all commands and refuses code that runs on
// Sui, for all we know, but not here.
func (a *admission) addPackages(tx *vm.Transaction) error {
	seen := make(map[suitx.Address]bool)
	for _, c := range a.data.Commands {
		ids, r := a.packagesOf(c)
		if r != nil {
			return r
		}
		for _, id := range ids {
			if seen[id] {
				continue
			}
			seen[id] = true
			o, err := readObject(a.r, id, 0)
			if err != nil {
				return err
			}
			tx.Packages = append(tx.Packages, o)
		}
	}
	return nil
}

// packagesOf returns the packages that a command names, all of which exist.
func (a *admission) packagesOf(c suitx.Command) (ids []suitx.Address, r *Refusal) {
	switch c := c.(type) {
	case *suitx.MoveCall:
		ids, r = []suitx.Address{c.Package}, checkCallable(a.packages, c)
	case *suitx.Publish:
		ids, r = c.Dependencies, checkRunnable(a.packages, c.Modules, c.Dependencies)
	case *suitx.Upgrade:
		ids = append([]suitx.Address{c.Package}, c.Dependencies...)
		r = checkRunnable(a.packages, c.Modules, c.Dependencies)
	}
	for _, id := range ids {
		if isSystemPackage(id) && a.packages.Package(id) == nil {
			return nil, unsupported("package %s isn't supported here", id.Short())
		}
		if a.packages.Package(id) == nil {
			return nil, invalid("DependentPackageNotFound", "Dependent package not found on-chain: %s", id)
		}
	}
	return ids, r
}

// isSystemPackage says whether every Sui has a package of that ID: its system
// package, its bridge, DeepBook.
func isSystemPackage(id suitx.Address) bool {
	return id == suitx.FrameworkAddress(3) || id == suitx.FrameworkAddress(0xb) || id == suitx.Address{30: 0xde, 31: 0xe9}
}

// checkCallable refuses functions that there may be on Sui.
func checkCallable(packages *move.Packages, c *suitx.MoveCall) *Refusal {
	pkg, f := packages.Package(c.Package), packages.Function(c.Package, c.Module, c.Function)
	switch {
	case f == nil && (pkg == nil || !pkg.Partial): // fails when it runs, as on Sui
		return nil
	case f == nil, f.Run == nil && f.Visibility == move.Public && !f.Guarded && !returnsReference(f):
		return unsupported("%s::%s::%s isn't supported here", pkg.Name, c.Module, c.Function)
	}
	return nil
}

func returnsReference(f *move.Function) bool {
	for _, r := range f.Returns {
		if r.Ref != move.ByValue {
			return true
		}
	}
	return false
}

// checkRunnable refuses bytecode that no twin runs. What is no package on Sui
// either fails when it runs, as there.
func checkRunnable(packages *move.Packages, modules [][]byte, dependencies []suitx.Address) *Refusal {
	var none *move.NoTwin
	if _, err := packages.TwinFor(modules, dependencies); errors.As(err, &none) {
		return unsupported("the embedded ledger runs only packages that it has a Go twin for; the package of digest %s isn't one",
			hex.EncodeToString(none.Digest[:]))
	}
	return nil
}
