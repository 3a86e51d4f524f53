package suitx

import "floe/codec/bcs"

// UpgradeProblem is what was wrong with an upgrade. The values are Sui's: never reorder.
type UpgradeProblem uint8

const (
	UnableToFetchPackage  UpgradeProblem = 0 // Package
	NotAPackage           UpgradeProblem = 1 // Package
	IncompatibleUpgrade   UpgradeProblem = 2
	DigestDoesNotMatch    UpgradeProblem = 3 // Digest
	UnknownUpgradePolicy  UpgradeProblem = 4 // Policy
	PackageIDDoesNotMatch UpgradeProblem = 5 // Package, Ticket

	upgradeProblems = 6
)

// UpgradeFailure says why a package couldn't be upgraded. Of the other fields
// those count that stand with the problem.
type UpgradeFailure struct {
	Problem UpgradeProblem
	Package Address
	Ticket  Address // the package that the ticket is for
	Digest  []byte  // of what was to be the upgrade
	Policy  uint8
}

func writeUpgradeFailure(w *bcs.Writer, f UpgradeFailure) {
	w.Uleb(uint32(f.Problem))
	switch f.Problem {
	case UnableToFetchPackage, NotAPackage:
		writeAddress(w, f.Package)
	case DigestDoesNotMatch:
		w.Bytes(f.Digest)
	case UnknownUpgradePolicy:
		w.U8(f.Policy)
	case PackageIDDoesNotMatch:
		writeAddress(w, f.Package)
		writeAddress(w, f.Ticket)
	}
}

func readUpgradeFailure(r *bcs.Reader) UpgradeFailure {
	f := UpgradeFailure{Problem: UpgradeProblem(r.Variant(upgradeProblems))}
	switch f.Problem {
	case UnableToFetchPackage, NotAPackage:
		f.Package = readAddress(r)
	case DigestDoesNotMatch:
		f.Digest = r.Bytes()
	case UnknownUpgradePolicy:
		f.Policy = r.U8()
	case PackageIDDoesNotMatch:
		f.Package, f.Ticket = readAddress(r), readAddress(r)
	}
	return f
}
