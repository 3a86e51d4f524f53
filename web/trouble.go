package web

// Trouble is what a page says when something went wrong: what happened, whose
// doing it was, what to do now. {name} is filled in by the page from what it
// knows of the case; see static/js/trouble.js.
type Trouble struct {
	Code  string
	Title string
	Text  string
	Acts  []Act
}

// Act is something to do about it.
type Act string

const (
	ActAgain     Act = "again"     // a button that tries again
	ActPaste     Act = "paste"     // a field for the whole link
	ActRecipient Act = "recipient" // a button that copies one's own recipient
	ActHome      Act = "home"      // a link to the page that sends
	ActDetail    Act = "detail"    // the engine's own words, folded
)

// SendTroubles is what can go wrong on the way to a link.
func SendTroubles() []Trouble {
	return []Trouble{
		{"offline", "You are offline.",
			"Your files are still listed here and nothing was shared. Send again once the connection is back.", nil},
		{"too_few_nodes", "Too few nodes are answering.",
			"To keep your files safe {need} of {total} nodes must hold them; {have} are answering. It is neither your files nor your connection. Nothing was shared: send again in a while.", nil},
		{"quota", "That is all this server takes from you for now.",
			"It limits how much one address may send, and yours has reached the limit. Send again {when}, or send less.", nil},
		{"full", "This server has no room left.",
			"It isn’t you: the share of everybody is used up. What was sent earlier can still be opened. Send again later, or through another Floe server.", nil},
		{"no_sponsor", "This server pays for nobody.",
			"Storing files costs a little, and here nobody pays that for you. Pay with a wallet for Sui in this browser, or send through another Floe server. Nothing was shared.", nil},
		{"rejected", "You didn’t confirm it.",
			"Nothing was paid and nothing was shared. Your files are still listed here: send again whenever you like.", nil},
		{"poor", "Your wallet holds too little.",
			"It lacks {lacks}. Nothing was paid and nothing was shared. Add to it, choose another account, or keep the files for a shorter time.", nil},
		{"wallet", "Your wallet didn’t sign this as it should.",
			"{why} Nothing was paid and nothing was shared. Send again, or choose another account.",
			[]Act{ActDetail}},
		{"paid", "Paid, but not finished.",
			"{what} Keep this page open: it goes on where it stopped, and your wallet isn’t asked again. If it can’t go on, keep the key below, in the program’s own words: it reaches what is paid for.",
			[]Act{ActAgain, ActDetail}},
		{"too_large", "That is too much for one parcel.",
			"One parcel holds {max}. Remove some files, or send them in several parcels.", nil},
		{"too_many", "Those are too many files for one parcel.",
			"One parcel holds at most 100,000 files, and fewer if their names are very long. Send them in several parcels, or pack them into one archive first. Nothing was shared.", nil},
		{"conflict", "Something else came in between.",
			"Another window or device sent with this one’s identity at the same moment. Nothing was shared; send again.", nil},
		{"file_gone", "A file can’t be read any more.",
			"{name} was moved, changed or locked since you picked it. Remove it from the list, pick it again, and send.", nil},
		{"changed", "A file isn’t what it was.",
			"{why} One parcel can’t hold both, so it stopped, and nobody has a link. Send again: it begins anew with the files as they are now.", nil},
		{"recipient_wrong", "One recipient can’t be right.",
			"{name} isn’t a complete recipient. Ask that person to copy theirs again, all of it, and add it once more.", nil},
		{"liar", "This server said something untrue.",
			"Floe checks every answer, and this one doesn’t hold. It stopped before anything was shared. Don’t send through this server until its owner has explained it.",
			[]Act{ActDetail}},
		{"cancelled", "Cancelled.",
			"Nothing was shared. Without the last step nobody can open what had already left this page. Your files are still listed here.", nil},
		{"unsupported", "Your files can’t be encrypted here.",
			"{why} {way}", nil},
		{"updated", "This page is out of date.",
			"The server was updated since you loaded it. Nothing was shared. Load the page again, then pick your files once more.", nil},
		{"internal", "Something broke, and it is our fault.",
			"Your files are still listed here and nothing was shared. Send again; if it breaks again, reload the page.",
			[]Act{ActDetail}},
	}
}

// OpenTroubles is what can go wrong on the way from a link to files.
func OpenTroubles() []Trouble {
	return []Trouble{
		{"no_link", "Open what you were sent",
			"Paste the whole link you were given. If you had opened one here before a reload: the page forgets links on purpose, so open it once more from where you got it.",
			[]Act{ActPaste}},
		{"link_cut", "The end of the link is missing.",
			"Some apps cut long links short. Go back to where you got it, copy all of it, and paste it here; or ask the sender for the QR code.",
			[]Act{ActPaste}},
		{"link_wrong", "The link has a mistake in it.",
			"At least one character changed on the way to you. Copy it again from where you got it and paste it here, or ask the sender to send it once more.",
			[]Act{ActPaste}},
		{"secret_missing", "The last part of the link is missing.",
			"It is the part that opens the files, and some apps cut it off. Paste the whole link or its last part here, or ask for the QR code. A link sent to somebody by name never had one: it opens on that person’s own device alone.",
			[]Act{ActPaste, ActRecipient}},
		{"key_wrong", "This link does not fit these files.",
			"The link is whole, but the secret in it opens nothing here. Perhaps two links were mixed up: ask the sender for the right one.",
			[]Act{ActPaste}},
		{"withdrawn", "The sender withdrew this.",
			"They signed that this link no longer opens anything. If you still need the files, ask them for a new link.", nil},
		{"no_grant", "This link opens nothing at present.",
			"The ledger shows no grant for it, or none for this device. The sender may have withdrawn it, or have meant someone else. Ask them; to be sent files by name, give them your recipient.",
			[]Act{ActRecipient}},
		{"not_found", "There is no such parcel.",
			"This server’s network has never heard of what the link names. Check that the address before the # is the one you were given, or ask the sender.",
			[]Act{ActPaste}},
		{"pruned", "This server forgot how these files began.",
			"They are older than what its ledger keeps at hand, so Floe can’t check here who sent them. They may well open through another Floe server; ask the sender or its owner.", nil},
		{"expired", "The time of these files is over.",
			"They were kept {kept}, and the network has let them go since. Only the sender can send them again.", nil},
		{"too_few_nodes", "Too few nodes are answering.",
			"{have} of {total} nodes answer, {need} are needed. Nothing is lost: this page goes on by itself as soon as enough of them are back.", nil},
		{"damaged", "These files are damaged.",
			"What the nodes hold isn’t what the sender signed, so Floe didn’t open it. You did nothing wrong. Ask the sender to send them again.",
			[]Act{ActAgain, ActDetail}},
		{"liar", "This server said something untrue.",
			"Floe checks every answer against the sender’s signature, and this one doesn’t hold. What doesn’t hold isn’t shown. Ask the sender for another way, or try another Floe server.",
			[]Act{ActAgain, ActDetail}},
		{"offline", "You are offline.",
			"The files are fine where they are. This page goes on by itself once the connection is back.", nil},
		{"no_server", "This server isn’t answering.",
			"Your connection is fine, and so are the files where they are. This page goes on by itself once the server is back.", nil},
		{"passphrase_wrong", "That passphrase does not open these files.",
			"Nothing was used up. Mind capital letters and the spaces between words, and try again.", nil},
		{"quota", "You asked for a lot in a short time.",
			"This server limits how much one address may read, and yours has reached the limit. Nothing is used up. Go on {when}.",
			[]Act{ActAgain}},
		{"full", "This server is too busy.",
			"It has no room for another reader just now. The files are fine. Try again in a moment.",
			[]Act{ActAgain}},
		{"no_sponsor", "This server pays for nobody.",
			"Opening is free, but what you asked for costs a little, and here nobody pays that for you. Ask another Floe server on the same network.", nil},
		{"too_large", "This is more than your browser can save.",
			"The way it saves here, it takes {max}. Leave private browsing, use a current Chrome, Edge, Firefox or Safari, or floe open on the command line; smaller files can be saved one by one.", nil},
		{"no_room", "There isn’t enough room on this device.",
			"The disk is full, or the browser may take no more of it. Nothing half-written stays. Make some room, or save somewhere else, and try again.", nil},
		{"not_written", "This device didn’t take the file.",
			"Your browser couldn’t write where you chose. Nothing half-written stays. Save it somewhere else, or try again.",
			[]Act{ActDetail}},
		{"no_folder", "No folder was opened.",
			"Your browser doesn’t let this page save into a folder here. Save all as one ZIP instead.", nil},
		{"conflict", "It changed just now.",
			"The sender was changing this while it was being opened. Try again.",
			[]Act{ActAgain}},
		{"cancelled", "Cancelled.",
			"Nothing was saved and nothing was used up.",
			[]Act{ActAgain}},
		{"unsupported", "The files can’t be decrypted here.",
			"{why} {way}", nil},
		{"updated", "This page is out of date.",
			"The server was updated since you loaded it. The files are fine where they are: open the link once more from where you got it.", nil},
		{"internal", "Something broke, and it is our fault.",
			"The files are fine where they are. Try again; if it breaks again, reload the page and open the link once more.",
			[]Act{ActAgain, ActDetail}},
	}
}
