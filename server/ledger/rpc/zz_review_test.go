package rpc

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
)

func TestReviewPoison(t *testing.T) {
	_, _, valid, _ := readSigned(t)
	for name, id := range map[string][]byte{
		"255":      append([]byte{255}, bytes.Repeat([]byte{'a'}, 300)...),
		"no UTF-8": append([]byte{1, 0xff}, bytes.Repeat([]byte{'a'}, 32)...),
		"long":     append([]byte{1, 'a'}, bytes.Repeat([]byte{0xff}, 100000)...),
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if v := recover(); v != nil {
					t.Errorf("panic: %v", v)
				}
			}()
			s, err := suitx.ParseSignature(unhex(t, valid["multisig, all"].Transaction))
			if err != nil {
				t.Fatal(err)
			}
			m := s.(*suitx.Multisig)
			m.Members = append(m.Members, suitx.Member{Key: suitx.Key{Scheme: suitx.SchemeZkLogin, Bytes: id}, Weight: 1})
			one := signatures([][]byte{m.Marshal()})[0]
			if one.GetMultisig() == nil {
				t.Fatal("not parsed")
			}
			if _, err := proto.Marshal(one); err != nil {
				t.Errorf("couldn't be sent: %v", err)
			}
			t.Log(len(one.GetMultisig().Committee.Members[len(m.Members)-1].PublicKey.GetZklogin().GetAddressSeed()))
		})
	}
}
