// Package files is the domain of files in chats: what may be sent, how an upload becomes a file, who may read it, and
// when its bytes go.
//
// The gateways call it (Service), so that all interfaces have one way in, one quota and one set of limits; it calls
// relay/chat for the log, the store for the bytes, and the operator's virus scanner. It knows neither HTTP nor SQL.
//
// It must never show a file that is not whole, not scanned or not in the log, nor show one to somebody who is not in its
// session, and never believe a client's word about size or type.
package files

import (
	"context"
	"errors"
	"io"

	"foyer/relay/chat"
)

// ChunkBytes is the size of the pieces in which the store keeps a file; the last one may be shorter.
const ChunkBytes = 256 << 10

// File is the row of a file.
type File struct {
	ID          string // UUIDv7
	Session     string
	Participant string // who sent it
	ClientID    string // client message id of its entry; "" where the client gave none
	Name        string // as CleanName gives it
	Type        string // media type, by its name and contents; not what the client said
	Size        int64  // bytes
	State       chat.FileState
	CreatedMs   int64
	Seq         int64 // of the last log entry about it, once it is Kept
	Ms          int64 // of that entry
}

// Usage is what a participant has taken of a session's quota, uploads that are under way included.
type Usage struct {
	Files int
	Bytes int64
}

// Quota is what a participant may take of a session.
type Quota struct {
	Files int
	Bytes int64
}

// ErrNotFound is what stores answer where there is no such file or chunk.
var ErrNotFound = errors.New("no such file")

// Store keeps files. Implemented by relay/store on SQLite and PostgreSQL. That an upload becomes a file, and that a file
// is deleted, is part of a chat.Change.
type Store interface {
	// Reserve adds f (State chat.FileUploading) if that keeps its participant within the quota, and tells whether it did,
	// and what the participant then has. Several at once never exceed the quota together. An earlier upload (by its id)
	// under way with the same client id gives way: it takes no room, and is abandoned.
	Reserve(ctx context.Context, f File, q Quota) (Usage, bool, error)
	// AddChunk keeps piece n (from 0) of an upload. One that is no longer under way is left as it is.
	AddChunk(ctx context.Context, id string, n int, bytes []byte) error
	// Finish makes an upload chat.FileWhole if it is under way and exactly its announced bytes are there, and tells
	// whether it is.
	Finish(ctx context.Context, id string) (bool, error)
	// Abandon gives up an upload that is not a file yet; anything else stays as it is.
	Abandon(ctx context.Context, id string) error
	// AbandonBefore gives up all uploads that began before ms.
	AbandonBefore(ctx context.Context, ms int64) error
	// Doomed lists up to limit files whose bytes are to be removed: abandoned and deleted ones.
	Doomed(ctx context.Context, limit int) ([]string, error)
	// Purge removes the bytes of an abandoned or deleted file, a little at a time so that it makes no chat wait, and the
	// row of an abandoned one.
	Purge(ctx context.Context, id string) error

	// File reads a row, in whatever state; ErrNotFound.
	File(ctx context.Context, id string) (File, error)
	// Sent finds the participant's file (Kept, or since deleted) that came with a client id; ErrNotFound.
	Sent(ctx context.Context, session, participant, clientID string) (File, error)
	Usage(ctx context.Context, session, participant string) (Usage, error)
	// Stored adds up the bytes of all files of all sessions whose bytes have not been removed.
	Stored(ctx context.Context) (int64, error)
	// Chunk reads piece n of a file; ErrNotFound.
	Chunk(ctx context.Context, id string, n int) ([]byte, error)
}

// Log is what the service needs of chats. Implemented by *chat.Service; errors hold a *wire.Problem.
type Log interface {
	Session(ctx context.Context, id, participant string) (chat.Session, error)
	Writer(ctx context.Context, session, participant string) (chat.Session, error)
	SendFile(ctx context.Context, r chat.FileRequest) (chat.Entry, error)
	DeleteFile(ctx context.Context, session, participant, file, name string) error
}

// Scanner looks for viruses. Implemented by relay/files/scanner.
type Scanner interface {
	// Scan reads a file and tells whether it is clean. An error means that nobody knows; it is then not let through.
	Scan(ctx context.Context, f File, content io.Reader) (clean bool, err error)
}

// Clock gives the time, so that tests own it. Implemented by clock.System.
type Clock interface {
	NowMs() int64
	AfterMs(ms int64, f func()) (stop func())
}
