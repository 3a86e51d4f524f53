package native

import "floe/server/ledger/move"

func (m *systemModule) reserveSpace(c *move.Call) error {
	v, err := m.load(c, 0)
	if err != nil {
		return err
	}
	ahead := c.U32(2)
	if ahead == 0 || ahead > v.Accounts.Length {
		return m.x.inner.Abort("reserve_space", innerInvalidEpochsAhead)
	}
	epoch := v.Committee.Epoch
	if epoch+ahead < epoch {
		return m.x.inner.Arithmetic("reserve_space")
	}
	return m.reserve(c, v, epoch, epoch+ahead, 3)
}

func (m *systemModule) reserveSpaceForEpochs(c *move.Call) error {
	v, err := m.load(c, 0)
	if err != nil {
		return err
	}
	return m.reserve(c, v, c.U32(2), c.U32(3), 4)
}

// reserve sells space, whose size is argument 1, from one epoch up to another;
// the coin that pays is argument payment.
func (m *systemModule) reserve(c *move.Call, v *systemState, from, to uint32, payment int) error {
	in, size, now := m.x.inner, c.U64(1), v.Committee.Epoch
	from = max(from, now)
	if to <= from || to-now > v.Accounts.Length {
		return in.Abort("reserve_space_for_epochs", innerInvalidEpochsAhead)
	}
	var coin Coin
	c.Get(payment, &coin)
	if err := in.payStorage(v, size, from-now, to-now, &coin); err != nil {
		return err
	}
	if size == 0 {
		return in.Abort("reserve_space_without_payment", innerInvalidSize)
	}
	if err := in.reserve(v, "reserve_space_without_payment", size, from-now, to-now); err != nil {
		return err
	}
	s, err := m.x.storage.create(c, from, to, size)
	if err != nil {
		return err
	}
	m.store(c, 0, v)
	c.Set(payment, &coin)
	c.Return(s)
	return nil
}

func (m *systemModule) registerBlob(c *move.Call) error {
	v, err := m.load(c, 0)
	if err != nil {
		return err
	}
	b := &Blob{RegisteredEpoch: v.Committee.Epoch, BlobID: c.U256(2), Size: c.U64(4), Encoding: c.U8(5), Deletable: c.Bool(6)}
	c.Get(1, &b.Storage)
	if err := m.x.blob.create(c, b, c.U256(3), v.Committee.NShards); err != nil {
		return err
	}
	encoded, err := m.x.encodedLength(b.Size, b.Encoding, v.Committee.NShards)
	if err != nil {
		return err
	}
	var coin Coin
	c.Get(7, &coin)
	if err := m.x.inner.payWrite(v, encoded, &coin); err != nil {
		return err
	}
	m.store(c, 0, v)
	c.Set(7, &coin)
	c.Return(b)
	return nil
}

func (m *systemModule) certifyBlob(c *move.Call) error {
	v, err := m.load(c, 0)
	if err != nil {
		return err
	}
	message := c.Bytes(4)
	if err := m.x.bls.verify(&v.Committee, c.Bytes(2), c.Bytes(3), message, v.Committee.quorum); err != nil {
		return err
	}
	msg, err := m.x.readBlobMessage(message, v.Committee.Epoch)
	if err != nil {
		return err
	}
	b := m.x.blob.get(c, 1)
	if err := m.x.blob.certify(c, b, v.Committee.Epoch, msg); err != nil {
		return err
	}
	c.Set(1, b)
	return nil
}

func (m *systemModule) invalidateBlobID(c *move.Call) error {
	v, err := m.load(c, 0)
	if err != nil {
		return err
	}
	message := c.Bytes(3)
	if err := m.x.bls.verify(&v.Committee, c.Bytes(1), c.Bytes(2), message, v.Committee.oneCorrect); err != nil {
		return err
	}
	blob, err := m.x.readInvalidBlob(message, v.Committee.Epoch)
	if err != nil {
		return err
	}
	m.x.events.emitInvalid(c, v.Committee.Epoch, blob)
	c.ReturnBytes(blob[:])
	return nil
}

func (m *systemModule) deleteBlob(c *move.Call) error {
	v, err := m.load(c, 0)
	if err != nil {
		return err
	}
	return m.x.blob.delete(c, m.x.blob.get(c, 1), v.Committee.Epoch)
}

func (m *systemModule) extendWithResource(c *move.Call) error {
	v, err := m.load(c, 0)
	if err != nil {
		return err
	}
	b, extension := m.x.blob.get(c, 1), &Storage{}
	c.Get(2, extension)
	if err := m.x.blob.extendWithResource(c, b, extension, v.Committee.Epoch); err != nil {
		return err
	}
	c.Set(1, b)
	return nil
}

func (m *systemModule) extendBlob(c *move.Call) error {
	v, err := m.load(c, 0)
	if err != nil {
		return err
	}
	b := m.x.blob.get(c, 1)
	var coin Coin
	c.Get(3, &coin)
	if err := m.extend(c, v, b, c.U32(2), &coin); err != nil {
		return err
	}
	m.store(c, 0, v)
	c.Set(1, b)
	c.Set(3, &coin)
	return nil
}

// extend sells a certified blob more epochs.
func (m *systemModule) extend(c *move.Call, v *systemState, b *Blob, epochs uint32, coin *Coin) error {
	in := m.x.inner
	if err := m.x.blob.assertCertifiedNotExpired(b, v.Committee.Epoch); err != nil {
		return err
	}
	start := b.Storage.End - v.Committee.Epoch
	if start+epochs < start {
		return in.Arithmetic("extend_blob")
	}
	if epochs == 0 || start+epochs > v.Accounts.Length {
		return in.Abort("extend_blob", innerInvalidEpochsAhead)
	}
	if err := in.payStorage(v, b.Storage.Size, start, start+epochs, coin); err != nil {
		return err
	}
	if err := in.reserve(v, "extend_blob", b.Storage.Size, start, start+epochs); err != nil {
		return err
	}
	b.Storage.End += epochs
	m.x.events.emitCertified(c, b, true)
	return nil
}

// addSubsidy spreads a coin over epochs; what doesn't divide goes to the current one.
func (m *systemModule) addSubsidy(c *move.Call) error {
	v, err := m.load(c, 0)
	if err != nil {
		return err
	}
	epochs := c.U32(2)
	if epochs == 0 || epochs > v.Accounts.Length {
		return m.x.inner.Abort("add_subsidy", innerInvalidEpochsAhead)
	}
	var coin Coin
	c.Get(1, &coin)
	each := coin.Balance / uint64(epochs)
	c.State.DeleteID(coin.ID)
	for i := range epochs {
		a, err := m.x.ahead(&v.Accounts, i)
		if err != nil {
			return err
		}
		if err := m.x.inner.pay(&coin, a, each); err != nil {
			return err
		}
	}
	current, err := m.x.ahead(&v.Accounts, 0)
	if err != nil {
		return err
	}
	if err := m.x.inner.pay(&coin, current, coin.Balance); err != nil {
		return err
	}
	m.store(c, 0, v)
	return nil
}
