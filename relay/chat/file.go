package chat

import (
	"context"
	"errors"

	"foyer/relay/chat/attached"
	"foyer/relay/wire"
)

// Names of the data of wire.KindFile and wire.KindFileDeleted.
const (
	DataFileID   = "fileId"
	DataFileName = "name"
	DataFileType = "type" // a media type
	DataFileSize = "size" // bytes
)

// FileRequest names an upload that is to become a file of its session.
type FileRequest struct {
	Session     string
	Participant string
	ClientID    string // as in SendRequest
	File        string // id; its state is FileWhole
	Name        string
	Type        string
	Size        int64 // bytes
}

// Writer reads a session for one who could write to it now. Codes: CodeNoSession, CodeSessionEnded, CodeChatFull.
func (s *Service) Writer(ctx context.Context, session, participant string) (Session, error) {
	row, _, err := s.present(ctx, session, participant)
	if err == nil && row.State.Over() {
		return Session{}, sessionEnded()
	}
	if err == nil {
		err = s.full(row)
	}
	return row, err
}

// SendFile adds a file to the log: in one change the upload becomes a file and its entry is kept. A resend is answered
// with the entry that was kept the first time, and leaves this upload as it is. Called by relay/files, which has had
// the file scanned. Codes: CodeBadRequest, CodeNoSession, CodeSessionEnded, CodeChatFull, CodeConflict.
func (s *Service) SendFile(ctx context.Context, r FileRequest) (Entry, error) {
	if err := CheckClientID(r.ClientID); err != nil {
		return Entry{}, err
	}
	row, err := s.Session(ctx, r.Session, r.Participant)
	if err != nil {
		return Entry{}, err
	}
	from, in := member(row, r.Participant)
	if !in {
		return Entry{}, noSession()
	}
	e := s.entry(wire.KindFile, from, map[string]any{
		DataFileID: r.File, DataFileName: r.Name, DataFileType: r.Type, DataFileSize: r.Size,
	})
	e.ClientID = r.ClientID
	applied, err := s.apply(ctx, Change{
		Session: r.Session,
		If:      If{States: open, Participant: r.Participant, Below: s.entries()},
		Entries: []Entry{e},
		Files:   []FileMove{{ID: r.File, From: FileWhole, To: FileKept}},
	})
	if errors.Is(err, ErrNoFile) {
		return Entry{}, wire.Problemf(wire.CodeConflict, "the upload took too long, or was begun again meanwhile")
	}
	if err != nil {
		return Entry{}, s.writing(err, "send the file")
	}
	kept := applied.Entries[0]
	if kept.From.ID != r.Participant || kept.Kind != wire.KindFile {
		return Entry{}, wire.Problemf(wire.CodeConflict, "this client message id is taken")
	}
	return kept, nil
}

// DeleteFile takes a file of the participant back; the log gets that it is gone. The caller has checked whose it is.
// Codes: CodeNoSession, CodeSessionEnded, CodeNoFile.
func (s *Service) DeleteFile(ctx context.Context, session, participant, file, name string) error {
	_, from, err := s.present(ctx, session, participant)
	if err != nil {
		return err
	}
	_, err = s.apply(ctx, Change{
		Session: session,
		If:      If{States: open, Participant: participant},
		Entries: []Entry{s.entry(wire.KindFileDeleted, from, map[string]any{DataFileID: file, DataFileName: name})},
		Files:   []FileMove{{ID: file, From: FileKept, To: FileDeleted}},
	})
	if errors.Is(err, ErrNoFile) {
		return wire.Problemf(wire.CodeNoFile, "there is no such file")
	}
	return problem(err, "delete the file")
}

// CheckClientID says whether a client message id can be kept, so that a caller with much to do before it is needed may
// ask first. Codes: CodeBadRequest.
func CheckClientID(id string) error {
	if len(id) > maxIDBytes {
		return wire.Problemf(wire.CodeBadRequest, "a client message id may have %d bytes", maxIDBytes)
	}
	return attached.Text("the client message id", id)
}
