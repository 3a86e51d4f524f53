package committee

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// An answer comes into the room that there is for it, if that is enough, and
// touches nothing otherwise.
func TestAnswersIntoRoom(t *testing.T) {
	const words = "a sliver"
	for _, c := range []struct{ room, length int }{{len(words), len(words)}, {100, len(words)}, {len(words) - 1, len(words)}, {0, len(words)}, {100, -1}, {100, 0}} {
		room := bytes.Repeat([]byte{7}, 200)
		want := words
		if c.length == 0 {
			want = ""
		}
		res := &http.Response{ContentLength: int64(c.length), Body: io.NopCloser(strings.NewReader(want))}
		got, err := readAnswer(res, 1000, room[:0:c.room])
		if err != nil || string(got) != want {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
		used := 0
		if c.length > 0 && c.room >= c.length {
			used = c.length
		}
		if string(room[:used]) != want[:used] || !bytes.Equal(room[used:], bytes.Repeat([]byte{7}, 200-used)) {
			t.Errorf("%+v: the room has %q", c, room[:20])
		}
	}
	res := &http.Response{ContentLength: 5, Body: io.NopCloser(strings.NewReader("cut"))}
	if got, err := readAnswer(res, 1000, make([]byte, 0, 10)); err == nil {
		t.Errorf("an answer that was cut: %q", got)
	}
}
