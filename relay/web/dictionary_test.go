package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/klauspost/compress/zstd"
)

// program gives bytes that hardly compress, the same ones for a seed.
func program(seed uint64, size int) []byte {
	r := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// release makes a site in which a program has this content; the files are kept in dir.
func release(t *testing.T, dir, build string, content []byte) *testSite {
	t.Helper()
	return newSite(t, func(o *Options) {
		assets, m := bundled(build)
		for name, content := range map[string][]byte{"foyer.wasm": content, "desktop.wasm": program(9, 1000)} {
			stem := strings.TrimSuffix(name, ".wasm")
			path := stem + "." + build + ".wasm"
			m.Files[name] = path
			assets[path] = &fstest.MapFile{Data: content}
			assets[path+".br"] = &fstest.MapFile{Data: append([]byte("br"), content[:len(content)/2]...)}
			assets[path+".gz"] = &fstest.MapFile{Data: append([]byte("gz"), content[:len(content)/2]...)}
		}
		o.KeepIn, o.Assets, o.Manifest = dir, assets, m
	})
}

// offer is what a browser says that has a dictionary.
func offer(dictionary []byte) string {
	sum := sha256.Sum256(dictionary)
	return ":" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// made waits until a file is compressed with a dictionary that a browser has offered.
func (s *testSite) made(path string, dictionary []byte) {
	<-s.static.dictionaries.changes[change{sha256.Sum256(dictionary), path}].made
}

func TestNewReleaseIsSentAsWhatHasChanged(t *testing.T) {
	dir := t.TempDir()
	before := program(1, 300_000)
	after := slices.Concat(before[:100_000], []byte("a line more"), before[100_000:])
	release(t, dir, "b1", before)
	s := release(t, dir, "b2", after)
	const accept = "gzip, deflate, br, zstd, dcb, dcz"
	same := program(9, 1000)
	for path, dictionary := range map[string][]byte{"foyer.b2.wasm": before, "desktop.b2.wasm": same} {
		s.get("/"+path, "Accept-Encoding", accept, "Available-Dictionary", offer(dictionary)) // has it made
		s.made(path, dictionary)
	}

	cases := []struct{ name, path, accept, dictionary, coding string }{
		{"the last release", "/foyer.b2.wasm", accept, offer(before), "dcz"},
		{"with blanks around", "/foyer.b2.wasm", "dcz", " " + offer(before) + " ", "dcz"},
		{"no dictionary", "/foyer.b2.wasm", accept, "", "br"},
		{"another dictionary", "/foyer.b2.wasm", accept, offer([]byte("of yore")), "br"},
		{"the release itself", "/foyer.b2.wasm", accept, offer(after), "br"},
		{"the dictionary of another file", "/desktop.b2.wasm", accept, offer(before), "br"},
		{"another file with its own", "/desktop.b2.wasm", accept, offer(same), "dcz"},
		{"a browser that does not read it", "/foyer.b2.wasm", "gzip, br", offer(before), "br"},
		{"a browser that refuses it", "/foyer.b2.wasm", "gzip, dcz;q=0", offer(before), "gzip"},
		{"nothing but a name of the coding", "/foyer.b2.wasm", "dcz", "", ""},
		{"no byte sequence", "/foyer.b2.wasm", accept, strings.Trim(offer(before), ":"), "br"},
		{"no base64", "/foyer.b2.wasm", accept, ":" + strings.Repeat("*", 44) + ":", "br"},
		{"too short a hash", "/foyer.b2.wasm", accept, ":AAAA:", "br"},
		{"a single colon", "/foyer.b2.wasm", accept, ":", "br"},
		{"a file of the last release", "/foyer.b1.wasm", accept, offer(before), "br"},
		{"a script", "/worker.2233.js", accept, offer(before), ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := s.get(c.path, "Accept-Encoding", c.accept, "Available-Dictionary", c.dictionary)
			wantStatus(t, r, http.StatusOK)
			wantHeader(t, r, "Content-Encoding", c.coding)
			wantHeader(t, r, "Cache-Control", cacheForever)
			sent := []byte(body(t, r))
			if !strings.HasSuffix(c.path, ".wasm") {
				wantHeader(t, r, "Use-As-Dictionary", "")
				return
			}
			wantHeader(t, r, "Content-Type", "application/wasm")
			stem, _, _ := strings.Cut(c.path[1:], ".")
			wantHeader(t, r, "Use-As-Dictionary", `match="`+stem+`.*.wasm"`)
			vary := strings.Join(r.Header.Values("Vary"), ", ")
			if !strings.Contains(vary, "Accept-Encoding") || !strings.Contains(vary, "Available-Dictionary") {
				t.Errorf("a cache in between would mix them up: Vary is %q", vary)
			}
			if c.coding == "dcz" && stem == "foyer" {
				if len(sent) > 1000 {
					t.Errorf("%d bytes for a line more", len(sent))
				}
				if got := undo(t, sent, before); !bytes.Equal(got, after) {
					t.Error("it is not what was compressed")
				}
			}
		})
	}
}

// undo reads what was compressed with a dictionary, as RFC 9842 says.
func undo(t *testing.T, sent, dictionary []byte) []byte {
	t.Helper()
	sum := sha256.Sum256(dictionary)
	rest, ok := bytes.CutPrefix(sent, slices.Concat([]byte{0x5e, 0x2a, 0x4d, 0x18, 0x20, 0, 0, 0}, sum[:]))
	if !ok {
		t.Fatalf("it begins with % x", sent[:min(40, len(sent))])
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderDictRaw(0, dictionary), zstd.WithDecoderMaxWindow(8<<20))
	must(t, err)
	defer d.Close()
	content, err := d.DecodeAll(rest, nil)
	must(t, err)
	return content
}

func TestWhatADictionaryDoesNotMakeSmallerIsSentWithout(t *testing.T) {
	dir := t.TempDir()
	before, after := program(1, 300_000), program(2, 300_000)
	release(t, dir, "b1", before)
	s := release(t, dir, "b2", after)
	for range 2 {
		r := s.get("/foyer.b2.wasm", "Accept-Encoding", "br, dcz", "Available-Dictionary", offer(before))
		wantHeader(t, r, "Content-Encoding", "br")
		s.made("foyer.b2.wasm", before)
	}
}

func TestWhatHasChangedIsCompressedOnceAndNobodyWaits(t *testing.T) {
	dir := t.TempDir()
	before := program(1, 300_000)
	release(t, dir, "b1", before)
	s := release(t, dir, "b2", append([]byte("new"), before...))
	ask := func() *http.Response {
		return s.get("/foyer.b2.wasm", "Accept-Encoding", "br, dcz", "Available-Dictionary", offer(before))
	}
	d := s.static.dictionaries
	d.one.Lock() // as while another file is compressed
	wantHeader(t, ask(), "Content-Encoding", "br")
	wantHeader(t, ask(), "Content-Encoding", "br") // were it made twice, it would panic
	d.one.Unlock()
	s.made("foyer.b2.wasm", before)
	wantHeader(t, ask(), "Content-Encoding", "dcz")
}

func TestSpoiledDictionaryIsNotUsed(t *testing.T) {
	dir := t.TempDir()
	before := program(1, 300_000)
	release(t, dir, "b1", before)
	s := release(t, dir, "b2", append([]byte("new"), before...))
	for _, c := range s.static.dictionaries.changes {
		c.kept = fstest.MapFS{c.dictionary: {Data: []byte("something else")}}
	}
	for range 2 {
		r := s.get("/foyer.b2.wasm", "Accept-Encoding", "br, dcz", "Available-Dictionary", offer(before))
		wantHeader(t, r, "Content-Encoding", "br")
		s.made("foyer.b2.wasm", before)
	}
}

func TestWithoutAFolderForThemNoFileIsADictionary(t *testing.T) {
	wantHeader(t, newSite(t, nil).get("/foyer.4455.wasm"), "Use-As-Dictionary", "")
}
