// Package crypto is Floe's opinionated use of age: which keys there are, what
// is sealed to what, and how a secret travels. It does no I/O and knows nothing
// of Walrus or Sui. The server never imports it.
//
// # Which function to call
//
// A device makes a [Seed] once with [NewSeed] and lets its user [Seed.Export]
// it. [Seed.Identity] is who the device is to others; [Seed.ParcelKey] signs
// one parcel's transactions. To send, make an identity for the parcel with
// [NewParcelIdentity], [Seal] to its recipient, and hand the identity out with
// [SealGrant], to the recipient of a [Secret] (a [Link]) or to a person's from
// [ParseRecipient]. To open, [OpenGrant] with the identity of a link or of
// one's own, then [Open] or [OpenAt] with [Grant.Parcel].
//
// # Keys
//
// HKDF is HKDF-SHA256 with an empty salt; each info below is used for one
// purpose only. Every output has 32 bytes.
//
//	lasting identity     HKDF(seed, "floe v1 lasting identity")       the secret of an age hybrid identity
//	lasting signing key  HKDF(seed, "floe v1 lasting signing key")    an Ed25519 seed (RFC 8032)
//	parcel key i         HKDF(seed, "floe v1 parcel key " ‖ i)        an Ed25519 seed; i as 4 bytes, big-endian
//	slot of a link       HKDF(secret, "floe v1 link slot")
//	identity of a link   HKDF(secret, "floe v1 link identity")        without a passphrase
//	                     HKDF(secret ‖ stretched, "floe v1 passphrase link identity")
//	salt of a link       HKDF(secret, "floe v1 link salt")
//	stretched            scrypt(NFC(passphrase), salt, N = 2^17, r = 8, p = 1)
//
// An age hybrid identity (ML-KEM-768 + X25519) is the Bech32 encoding of its 32
// bytes after AGE-SECRET-KEY-PQ-. A parcel's identity is random, and so is the
// slot of a named recipient ([NewSlot]). White space around a passphrase is
// dropped before NFC, because files and clipboards add it.
//
// A seed travels as Bech32 of its 32 bytes after FLOE-SEED-, in capitals.
//
// # Fingerprints
//
// The hash of a recipient is the SHA-256 of its text, so that sha256sum can
// check it. A person's fingerprint is
//
//	SHA-256("floe v1 fingerprint" ‖ hash of the lasting recipient ‖ lasting verify key)
//
// and its first 132 bits read as 12 words of the BIP-39 English list.
//
// # Sealed parcels
//
// A sealed parcel is one age file with one mlkem768x25519 stanza, binary, never
// armored. Its header always has the same length, so [SealedSize] is exact. The
// header is age's own work, from file key to MAC, in both directions; the chunks
// of 64 KiB behind it are sealed and opened here, many at a time, and to the
// same bytes.
//
// A [Sealing] is a parcel's age file that can be made in parts and made again.
// The trap: what is sealed under one Sealing must be one plaintext.
//
// # Grants
//
// A grant is an age file with one stanza that holds an age identity file of
// exactly these lines, each ended by a line feed:
//
//	# floe grant 1
//	# network: <1 to 64 characters, ! to ~>
//	# sender: 0x<the parcel's sender address, 64 hex digits>
//	# for: <hash of the recipient this grant is sealed to, 64 hex digits>
//	# blobs: <hash over count and order of the blob IDs, 64 hex digits>
//	# parcel: <hash of the recipient of the identity below, 64 hex digits>
//	# from: <sender's lasting verify key, 64 hex digits> <hash of its lasting recipient, 64 hex digits>
//	# fingerprint: <the sender's fingerprint, 12 words>
//	# signature: <Ed25519 by the lasting key over "floe v1 grant" ‖ LF ‖ all lines above, 128 hex digits>
//	AGE-SECRET-KEY-PQ-1<the parcel's identity>
//
// Hex digits are lower case. There is one way to write a grant: a reader
// refuses whatever it would write otherwise. The number in the first line
// changes whenever a line is added or changes its meaning. What blobs holds is
// the caller's affair: Floe puts api.Statement.BlobsHash there.
//
// Because the lines name the recipient, a recipient can't pass a grant on as if
// it had been sealed to somebody else; because they name the sender's address
// and the blobs, it can't be put under another parcel.
//
// # Links
//
//	<id> [ "." <secret> ]
//
// stands in a URL's fragment. The id is a parcel's object ID, 32 bytes in
// base64url without padding (43 characters). The secret is one base64url digit,
// version·4 + flags (version 1; flag 1: a passphrase is needed; flag 2: 0), then
// 32 random bytes and a checksum of 4 in base64url (48 characters). The checksum
// is the start of
//
//	SHA-256("floe v1 checksum" ‖ digit ‖ id ‖ 32 random bytes)
//
// A link without a secret is for people: their own identity opens it.
//
// # What is post-quantum
//
// Contents, and grants to hybrid recipients and links, are sealed with
// ML-KEM-768 + X25519. Grants to classic age1… recipients and all signatures
// aren't: breaking a signature later forges, but opens nothing.
package crypto
