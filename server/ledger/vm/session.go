package vm

import (
	"fmt"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// session gathers what commands do to objects. It is the State and the Children
// of native functions.
type session struct {
	objects Objects
	sender  suitx.Address
	digest  suitx.Digest
	counter uint64

	created  map[suitx.Address]bool
	deleted  map[suitx.Address]bool
	written  map[suitx.Address]owned
	children map[suitx.Address]*child
	events   []suitx.Event

	published []Published

	receiving map[suitx.Address]*suitx.Object // that may be received
	received  map[suitx.Address]*suitx.Object
	news      int                    // IDs that came into being
	bytes     int                    // of children read and written
	calling   *move.Module           // whose events are emitted now
	shared    map[suitx.Address]bool // taken by value: may only be deleted or shared again
	fault     error
}

// owned is an object with its owner, without a version as yet.
type owned struct {
	move.Object
	owner suitx.Owner
}

// child is an object that belongs to another. before is nil if it is new, now
// is nil if it was removed.
type child struct {
	parent  suitx.Address
	before  *suitx.Object
	now     *move.Object
	changed bool
}

func newSession(objects Objects) *session {
	return &session{
		objects:  objects,
		created:  make(map[suitx.Address]bool),
		deleted:  make(map[suitx.Address]bool),
		written:  make(map[suitx.Address]owned),
		children: make(map[suitx.Address]*child),
		shared:   make(map[suitx.Address]bool),
	}
}

// NewID returns the next ID that the transaction's digest gives.
func (s *session) NewID() suitx.Address {
	id := suitx.DerivedObjectID(s.digest, s.counter)
	s.counter++
	s.create(id)
	return id
}

// create notes that id came into being; if it was deleted before, it just goes on.
func (s *session) create(id suitx.Address) {
	if s.deleted[id] {
		delete(s.deleted, id)
		return
	}
	s.news++
	s.created[id] = true
}

// tooMany says whether a transaction made more than one may.
func (s *session) tooMany() bool { return s.news > maxNewIDs || len(s.events) > maxEvents }

// DeleteID notes that id ended; if it began here, there is nothing to note.
func (s *session) DeleteID(id suitx.Address) {
	if s.created[id] {
		delete(s.created, id)
		return
	}
	s.deleted[id] = true
}

func (s *session) Emit(e move.Event) {
	s.events = append(s.events, suitx.Event{Package: s.calling.Package, Module: s.calling.Name,
		Sender: s.sender, Type: e.Type, Contents: e.Contents})
}

func (s *session) Transfer(o move.Object, to suitx.Owner) {
	s.written[suitx.Address(o.Contents[:32])] = owned{o, to}
}

// find returns what the session knows of a child, after looking it up.
func (s *session) find(parent, id suitx.Address) (*child, error) {
	if c, ok := s.children[id]; ok {
		return c, nil
	}
	o, err := s.objects.Object(id)
	if err != nil {
		return nil, fmt.Errorf("couldn't read child object %s: %w", id, err)
	}
	c := &child{parent: parent}
	if o != nil && o.Move != nil && o.Owner == (suitx.Owner{Kind: suitx.ObjectOwner, Address: parent}) {
		c.before = o
		c.now = &move.Object{Type: o.Move.Type, Contents: o.Move.Contents}
	}
	s.children[id] = c
	return c, nil
}

func (s *session) Child(parent, id suitx.Address) (*move.Object, error) {
	c, err := s.find(parent, id)
	if err != nil || c.now == nil || c.parent != parent {
		return nil, err
	}
	s.bytes += len(c.now.Contents)
	return c.now, nil
}

func (s *session) PutChild(parent, id suitx.Address, o move.Object) {
	c := s.lookUp(parent, id)
	if c == nil {
		return
	}
	if c.now == nil {
		s.create(id)
	}
	s.bytes += len(o.Contents)
	c.parent, c.now, c.changed = parent, &o, true
}

func (s *session) RemoveChild(parent, id suitx.Address) {
	if c := s.lookUp(parent, id); c != nil && c.now != nil {
		s.DeleteID(id)
		c.now, c.changed = nil, true
	}
}

// lookUp is find for methods that return no error: it keeps it.
func (s *session) lookUp(parent, id suitx.Address) *child {
	c, err := s.find(parent, id)
	if err != nil {
		s.fault = err
		return nil
	}
	return c
}

// receivable lets o be received.
func (s *session) receivable(o *suitx.Object) {
	if s.receiving == nil {
		s.receiving, s.received = make(map[suitx.Address]*suitx.Object), make(map[suitx.Address]*suitx.Object)
	}
	s.receiving[o.ID()] = o
}

// Receive takes an object that was sent to parent's ID.
func (s *session) Receive(parent, id suitx.Address) *move.Object {
	o := s.receiving[id]
	if o == nil || s.received[id] != nil || o.Owner != (suitx.Owner{Address: parent}) {
		return nil
	}
	s.received[id] = o
	s.bytes += len(o.Move.Contents)
	return &move.Object{Type: o.Move.Type, Contents: o.Move.Contents}
}
