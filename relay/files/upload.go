package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"foyer/relay/chat"
	"foyer/relay/wire"
)

// UploadLimit is how long one upload may take, its scan included.
const UploadLimit = 30 * time.Minute

// tidyLimit is how long the store may take to remove what came of a failed upload.
const tidyLimit = 30 * time.Second

// Upload is one file on its way in.
type Upload struct {
	Session     string
	Participant string
	ClientID    string // a resend with it is answered with the first one's file. Empty: cannot be resent
	Name        string // whatever the client calls it
	Size        int64  // bytes of Content; one more or less fails the upload
	Network     string // that it comes from, see throttle.Network
	Content     io.Reader
}

// Upload takes a file in. It returns when the file is whole, scanned, in the log and durable; until then nobody sees
// anything of it, and if it fails nothing stays. A resend is answered without reading Content, also when the session is
// over by now, and resent says so; an upload under way with the same client id gives way to a new one.
//
// Codes: CodeNoSession, CodeSessionEnded, CodeDeployment, CodeFilesOff, CodeFileAgent, CodeFileType, CodeFileSize,
// CodeFileCount, CodeFileTotal, CodeQuota, CodeChatFull, CodeFileRefused, CodeFileScan, CodeBadRequest (also where Content ends early),
// CodeConflict, CodeUnavailable.
func (s *Service) Upload(ctx context.Context, u Upload) (f File, resent bool, err error) {
	f, resent, err = s.upload(ctx, u)
	switch {
	case err != nil:
		s.Watch.Refused(codeOf(err))
	case !resent:
		s.Watch.Taken(f.Size)
	}
	return f, resent, err
}

func codeOf(err error) wire.Code {
	var p *wire.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return wire.CodeInternal
}

func (s *Service) upload(ctx context.Context, u Upload) (f File, resent bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, UploadLimit)
	defer cancel()
	if f, err := s.sent(ctx, u); err == nil || !errors.Is(err, ErrNotFound) {
		return f, err == nil, err
	}
	f, rules, err := s.admit(ctx, u)
	if err != nil {
		if f, sent := s.sent(ctx, u); sent == nil { // an earlier request has come to its end just now
			return f, true, nil
		}
		return File{}, false, err
	}
	entry, err := s.take(ctx, f, u.Content, rules.Scanner)
	if err != nil {
		s.discard(ctx, f.ID)
		return File{}, false, err
	}
	if entry.Data[chat.DataFileID] != f.ID { // the same file arrived twice at once, and the other one was faster
		s.discard(ctx, f.ID)
		f, err = s.sent(ctx, u)
		return f, true, err
	}
	f.State, f.Seq, f.Ms = chat.FileKept, entry.Seq, entry.Ms
	return f, false, nil
}

// sent finds what an earlier request with the same client id has kept; else the error is ErrNotFound.
func (s *Service) sent(ctx context.Context, u Upload) (File, error) {
	if err := chat.CheckClientID(u.ClientID); err != nil {
		return File{}, err
	}
	if _, err := s.Chats.Session(ctx, u.Session, u.Participant); err != nil {
		return File{}, err
	}
	f, err := s.Store.Sent(ctx, u.Session, u.Participant, u.ClientID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return File{}, unavailable("look for an earlier upload", err)
	}
	return f, err
}

// admit checks everything that can be known before the first byte, and reserves the room.
func (s *Service) admit(ctx context.Context, u Upload) (File, Rules, error) {
	row, err := s.Chats.Writer(ctx, u.Session, u.Participant)
	if err != nil {
		return File{}, Rules{}, err
	}
	rules, err := s.Rules(row.Deployment)
	if err != nil {
		return File{}, Rules{}, err
	}
	if err := rules.open(row, u.Participant); err != nil {
		return File{}, Rules{}, err
	}
	name := CleanName(u.Name)
	if err := rules.fits(name, u.Size); err != nil {
		return File{}, Rules{}, err
	}
	if s.Charge != nil && u.Participant == row.VisitorID {
		if err := s.Charge(u.Network, row, u.Size); err != nil {
			return File{}, Rules{}, err
		}
	}
	f := File{
		ID: s.IDs.New(), Session: u.Session, Participant: u.Participant, ClientID: u.ClientID, Name: name,
		Type: kindOf(Extension(name)).media, Size: u.Size, State: chat.FileUploading, CreatedMs: s.Clock.NowMs(),
	}
	used, ok, err := s.Store.Reserve(ctx, f, Quota{Files: rules.MaxFiles, Bytes: rules.MaxTotalBytes})
	switch {
	case err != nil:
		return File{}, Rules{}, unavailable("make room for the file", err)
	case ok:
		return f, rules, nil
	case used.Files >= rules.MaxFiles:
		return File{}, Rules{}, wire.Problemf(wire.CodeFileCount, "%d files can be sent in a session", rules.MaxFiles)
	}
	return File{}, Rules{}, wire.Problemf(wire.CodeFileTotal, "the files of a session may have %d bytes together; %d are left",
		rules.MaxTotalBytes, max(0, rules.MaxTotalBytes-used.Bytes))
}

// take brings an upload from its first byte into the log.
func (s *Service) take(ctx context.Context, f File, content io.Reader, scanner Scanner) (chat.Entry, error) {
	if err := s.receive(ctx, f, content); err != nil {
		return chat.Entry{}, err
	}
	whole, err := s.Store.Finish(ctx, f.ID)
	if err != nil {
		return chat.Entry{}, unavailable("keep the file", err)
	}
	if !whole {
		return chat.Entry{}, wire.Problemf(wire.CodeConflict, "the upload took too long, or was begun again meanwhile")
	}
	if !kindOf(Extension(f.Name)).agreesInside(&Content{ctx: ctx, store: s.Store, file: f}, f.Size) {
		return chat.Entry{}, wire.Problemf(wire.CodeFileType, "the contents are not those of a .%s file", Extension(f.Name))
	}
	if scanner != nil {
		if err := s.scan(ctx, f, scanner); err != nil {
			return chat.Entry{}, err
		}
	}
	return s.Chats.SendFile(ctx, chat.FileRequest{Session: f.Session, Participant: f.Participant, ClientID: f.ClientID,
		File: f.ID, Name: f.Name, Type: f.Type, Size: f.Size})
}

// receive keeps the contents, piece by piece.
func (s *Service) receive(ctx context.Context, f File, content io.Reader) error {
	buffer := make([]byte, min(f.Size, ChunkBytes))
	for n, left := 0, f.Size; left > 0; n++ {
		piece := buffer[:min(left, ChunkBytes)]
		if _, err := io.ReadFull(content, piece); err != nil {
			return fmt.Errorf("receive file %s: %w: %w", f.ID, wire.Problemf(wire.CodeBadRequest, "the file ended before its %d bytes had arrived", f.Size), err)
		}
		if n == 0 && !kindOf(Extension(f.Name)).agrees(piece) {
			return wire.Problemf(wire.CodeFileType, "the contents are not those of a .%s file", Extension(f.Name))
		}
		if err := s.Store.AddChunk(ctx, f.ID, n, piece); err != nil {
			return unavailable("keep the file", err)
		}
		left -= int64(len(piece))
	}
	if n, _ := io.ReadFull(content, buffer[:1]); n > 0 {
		return wire.Problemf(wire.CodeFileSize, "the file is larger than the %d bytes that were announced", f.Size)
	}
	return nil
}

func (s *Service) scan(ctx context.Context, f File, scanner Scanner) error {
	select {
	case s.scans <- struct{}{}:
		defer func() { <-s.scans }()
	case <-ctx.Done():
		return unavailable("scan the file", ctx.Err())
	}
	clean, err := scanner.Scan(ctx, f, &Content{ctx: ctx, store: s.Store, file: f})
	if err != nil {
		s.Logger.ErrorContext(ctx, "a file could not be scanned, and was not let through", "file", f.ID, "session", f.Session, "err", err)
		return fmt.Errorf("scan the file: %w: %w", wire.Problemf(wire.CodeFileScan, "the virus scanner does not work just now"), err)
	}
	if !clean {
		s.Logger.WarnContext(ctx, "the scanner refused a file", "file", f.ID, "session", f.Session, "participant", f.Participant)
		return wire.Problemf(wire.CodeFileRefused, "the virus scanner has refused the file")
	}
	return nil
}

// discard removes what there is of an upload that failed. Where that fails as well, Run does it later.
func (s *Service) discard(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyLimit)
	defer cancel()
	if err := s.Store.Abandon(ctx, id); err != nil {
		s.Logger.WarnContext(ctx, "a failed upload stays for now", "file", id, "err", err)
		return
	}
	s.purge(ctx, id)
}

// purge removes the bytes of a file that nobody is shown any more.
func (s *Service) purge(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyLimit)
	defer cancel()
	if err := s.Store.Purge(ctx, id); err != nil {
		s.Logger.WarnContext(ctx, "the bytes of a file stay for now", "file", id, "err", err)
	}
}
