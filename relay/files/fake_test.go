package files_test

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"testing"

	"foyer/relay/chat"
	"foyer/relay/chat/chattest"
	"foyer/relay/clock/clocktest"
	"foyer/relay/files"
	"foyer/relay/wire"
)

const startMs = 1_700_000_000_000

// memory is a files.Store and a files.Log in memory: one session "s" with the visitor "v" and the agent "a".
type memory struct {
	mu     sync.Mutex
	files  map[string]files.File
	chunks map[string][][]byte
	state  chat.State
	sent   []chat.Entry
	fail   map[string]error // by the name of the call
}

func (m *memory) failing(call string) error {
	return m.fail[call]
}

func (m *memory) Reserve(_ context.Context, f files.File, q files.Quota) (files.Usage, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failing("Reserve"); err != nil {
		return files.Usage{}, false, err
	}
	u := m.usage(f.Participant)
	if u.Files >= q.Files || u.Bytes+f.Size > q.Bytes {
		return u, false, nil
	}
	m.files[f.ID] = f
	return m.usage(f.Participant), true, nil
}

func (m *memory) usage(participant string) (u files.Usage) {
	for _, f := range m.files {
		if f.Participant == participant && f.State != chat.FileAbandoned && f.State != chat.FileDeleted {
			u.Files++
			u.Bytes += f.Size
		}
	}
	return u
}

func (m *memory) AddChunk(_ context.Context, id string, _ int, piece []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.chunks[id] = append(m.chunks[id], bytes.Clone(piece))
	return m.failing("AddChunk")
}

func (m *memory) Finish(_ context.Context, id string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.move(id, chat.FileWhole, chat.FileUploading), m.failing("Finish")
}

func (m *memory) move(id string, to chat.FileState, from ...chat.FileState) bool {
	f := m.files[id]
	if !slices.Contains(from, f.State) {
		return false
	}
	f.State = to
	m.files[id] = f
	return true
}

func (m *memory) Abandon(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.move(id, chat.FileAbandoned, chat.FileUploading, chat.FileWhole)
	return m.failing("Abandon")
}

func (m *memory) AbandonBefore(_ context.Context, ms int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, f := range m.files {
		if f.CreatedMs < ms {
			m.move(id, chat.FileAbandoned, chat.FileUploading, chat.FileWhole)
		}
	}
	return m.failing("AbandonBefore")
}

func (m *memory) Doomed(_ context.Context, limit int) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(m.files)) {
		if s := m.files[id].State; s == chat.FileAbandoned || s == chat.FileDeleted {
			ids = append(ids, id)
		}
	}
	return ids[:min(limit, len(ids))], m.failing("Doomed")
}

func (m *memory) Purge(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.files[id].State; s == chat.FileAbandoned || s == chat.FileDeleted {
		delete(m.files, id)
		delete(m.chunks, id)
	}
	return m.failing("Purge")
}

func (m *memory) File(_ context.Context, id string) (files.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.files[id]
	if !ok {
		return files.File{}, files.ErrNotFound
	}
	return f, m.failing("File")
}

func (m *memory) Sent(_ context.Context, _, participant, clientID string) (files.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range m.files {
		if clientID != "" && f.Participant == participant && f.ClientID == clientID && f.State == chat.FileKept {
			return f, nil
		}
	}
	return files.File{}, cmp.Or(m.failing("Sent"), files.ErrNotFound)
}

func (m *memory) Usage(_ context.Context, _, participant string) (files.Usage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.usage(participant), m.failing("Usage")
}

func (m *memory) Stored(context.Context) (bytes int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range m.files {
		bytes += f.Size
	}
	return bytes, m.failing("Stored")
}

func (m *memory) Chunk(_ context.Context, id string, n int) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n >= len(m.chunks[id]) {
		return nil, files.ErrNotFound
	}
	return m.chunks[id][n], m.failing("Chunk")
}

func (m *memory) Session(_ context.Context, id, participant string) (chat.Session, error) {
	if id != "s" || participant != "v" && participant != "a" {
		return chat.Session{}, wire.Problemf(wire.CodeNoSession, "none")
	}
	return chat.Session{ID: "s", Deployment: "demo", VisitorID: "v", State: m.state}, nil
}

func (m *memory) Writer(ctx context.Context, session, participant string) (chat.Session, error) {
	row, err := m.Session(ctx, session, participant)
	if err == nil && row.State.Over() {
		err = wire.Problemf(wire.CodeSessionEnded, "over")
	}
	return row, err
}

func (m *memory) SendFile(_ context.Context, r chat.FileRequest) (chat.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failing("SendFile"); err != nil {
		return chat.Entry{}, err
	}
	for _, e := range m.sent {
		if e.ClientID == r.ClientID && e.ClientID != "" {
			return e, nil
		}
	}
	if !m.move(r.File, chat.FileKept, chat.FileWhole) {
		return chat.Entry{}, wire.Problemf(wire.CodeConflict, "not whole")
	}
	e := chat.Entry{Seq: int64(len(m.sent) + 1), Ms: startMs, ClientID: r.ClientID, Data: map[string]any{chat.DataFileID: r.File}}
	m.sent = append(m.sent, e)
	f := m.files[r.File]
	f.Seq, f.Ms = e.Seq, e.Ms
	m.files[r.File] = f
	return e, nil
}

func (m *memory) DeleteFile(_ context.Context, _, _, file, _ string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.move(file, chat.FileDeleted, chat.FileKept)
	return m.failing("DeleteFile")
}

// states gives what is left, by id.
func (m *memory) states() map[string]chat.FileState {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[string]chat.FileState{}
	for id, f := range m.files {
		all[id] = f.State
	}
	return all
}

type fixture struct {
	*files.Service
	t     *testing.T
	m     *memory
	clock *clocktest.Clock
	rules files.Rules
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{
		t: t, clock: clocktest.New(startMs),
		m: &memory{files: map[string]files.File{}, chunks: map[string][][]byte{}, state: chat.Active, fail: map[string]error{}},
		rules: files.Rules{Enabled: true, MaxFiles: 100, MaxFileBytes: 4 * files.ChunkBytes, MaxTotalBytes: 100 * files.ChunkBytes,
			Types: []string{"txt"}},
	}
	f.Service = files.NewService(files.Options{Store: f.m, Chats: f.m, Clock: f.clock, IDs: &chattest.IDs{},
		Rules: func(string) (files.Rules, error) { return f.rules, nil }})
	return f
}
