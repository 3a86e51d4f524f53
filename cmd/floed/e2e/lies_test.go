package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"floe/codec/suitx"
	"floe/server/api"
)

// lie is what a relay, or whoever sits on the wire, makes of an answer's body.
type lie func(path string, body []byte) ([]byte, error)

// tell has the proxy tell a lie from now on; nil is the truth.
func (p *proxy) tell(l lie) {
	if l == nil {
		p.setLie(nil)
		return
	}
	p.setLie(func(res *http.Response) error {
		if res.StatusCode != http.StatusOK {
			return nil
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return err
		}
		if body, err = l(res.Request.URL.Path, body); err != nil {
			return err
		}
		res.Body = io.NopCloser(bytes.NewReader(body))
		res.ContentLength = int64(len(body))
		res.Header.Set("Content-Length", strconv.Itoa(len(body)))
		return nil
	})
}

// inJSON lies in JSON answers below a path.
func inJSON[T any](prefix string, change func(*T)) lie {
	return func(path string, body []byte) ([]byte, error) {
		if !strings.HasPrefix(path, prefix) {
			return body, nil
		}
		v := new(T)
		if err := json.Unmarshal(body, v); err != nil {
			return nil, err
		}
		change(v)
		return json.Marshal(v)
	}
}

func inParcel(change func(*api.Parcel)) lie { return inJSON(api.PathParcels, change) }

// inFrames lies in answers to a read. change may change the frames it is given,
// which are all of one answer but its end.
func inFrames(change func([]api.Frame)) lie {
	return inRead(func(body []byte) ([]byte, error) {
		frames, err := parseFrames(body)
		if err != nil {
			return nil, err
		}
		change(frames[:len(frames)-1])
		var out []byte
		for _, f := range frames {
			out = api.AppendFrame(out, f)
		}
		return out, nil
	})
}

// inRead lies in the bytes of answers to a read.
func inRead(change func(body []byte) ([]byte, error)) lie {
	return func(path string, body []byte) ([]byte, error) {
		if path != api.PathRead {
			return body, nil
		}
		return change(body)
	}
}

// inEach lies in each frame that carries something.
func inEach(change func(*api.Frame)) lie {
	return inFrames(func(frames []api.Frame) {
		for i := range frames {
			if frames[i].Status == http.StatusOK {
				change(&frames[i])
			}
		}
	})
}

func parseFrames(body []byte) (frames []api.Frame, err error) {
	for r := bytes.NewReader(body); ; {
		f, err := api.ReadFrame(r, len(body))
		if err == io.EOF {
			return frames, nil
		}
		if err != nil {
			return nil, err
		}
		frames = append(frames, f)
	}
}

// flipped returns b with one bit in its middle flipped.
func flipped(b []byte) []byte {
	b = bytes.Clone(b)
	if len(b) > 0 {
		b[len(b)/2] ^= 4
	}
	return b
}

// shownParcel is what the server itself shows of a parcel.
func (d *daemon) shownParcel(id suitx.Address) api.Parcel {
	d.t.Helper()
	res, err := http.Get(d.base + api.PathParcels + id.String())
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	var p api.Parcel
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil || res.StatusCode != 200 {
		d.t.Fatalf("%s: %v", res.Status, err)
	}
	return p
}

// allOf reads everything there is of a blob, by what it is.
func (d *daemon) allOf(id string) map[string]api.Frame {
	d.t.Helper()
	var pairs []int
	for pair := range 104 {
		pairs = append(pairs, pair)
	}
	ask, err := json.Marshal(api.ReadRequest{BlobID: id, Metadata: true, Primary: pairs, Secondary: pairs})
	if err != nil {
		d.t.Fatal(err)
	}
	res, err := http.Post(d.base+api.PathRead, "application/json", bytes.NewReader(ask))
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	frames, err := parseFrames(body)
	if err != nil {
		d.t.Fatal(err)
	}
	all := make(map[string]api.Frame)
	for _, f := range frames {
		all[nameOf(f)] = f
	}
	return all
}

// nameOf tells the frames of one blob apart.
func nameOf(f api.Frame) string { return fmt.Sprint(f.Kind, " ", f.Index) }
