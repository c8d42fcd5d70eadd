package files

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"foyer/relay/chat"
	"foyer/relay/wire"
)

// Rules are what a deployment allows. Quotas are for each participant of each session.
type Rules struct {
	Enabled       bool
	MaxFiles      int
	MaxFileBytes  int64
	MaxTotalBytes int64
	Types         []string // extensions in lower case, without the dot
	NeedAgent     bool     // visitors send files only while an agent is in the session
	Scanner       Scanner  // nil for none
}

// Watch is told what becomes of uploads, for metrics. Its methods may be called by many goroutines at once and must not
// block.
type Watch interface {
	// Taken: a file is in the log.
	Taken(bytes int64)
	// Refused: an upload came to nothing. why is one of the codes of Upload, or wire.CodeInternal.
	Refused(why wire.Code)
	// Stored: all files together have so many bytes. Told when Run looks around.
	Stored(bytes int64)
}

// nobody is who watches where nobody does.
type nobody struct{}

func (nobody) Taken(int64)       {}
func (nobody) Refused(wire.Code) {}
func (nobody) Stored(int64)      {}

// Options is what a Service is made of. All fields are required but Watch, Charge and Logger.
type Options struct {
	Store Store
	Chats Log
	Rules func(deployment string) (Rules, error) // errors hold a *wire.Problem
	Clock Clock
	IDs   chat.IDs
	Watch Watch // nil for none
	// Charge counts a file that a visitor is about to send, for the network that it comes from; its error says that
	// there is no room today. nil for no such bound.
	Charge func(network string, row chat.Session, bytes int64) error
	Logger *slog.Logger // nil for none
}

// scansAtOnce bounds how many files are scanned at a time, each of which may be a program that is run.
const scansAtOnce = 4

// Service is what gateways call. Its methods may be called by many goroutines at once. Their errors hold a *wire.Problem
// (errors.As).
type Service struct {
	Options
	scans chan struct{} // holds one token for each file being scanned
}

// NewService puts a service together.
func NewService(o Options) *Service {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Watch == nil {
		o.Watch = nobody{}
	}
	return &Service{Options: o, scans: make(chan struct{}, scansAtOnce)}
}

// Limits is what a client is told before it sends.
type Limits struct {
	Rules
	Used  Usage
	Ready bool // files can be sent just now: it is Enabled, and the agent is there where one is needed
}

// Limits tells a participant what may be sent. Codes: CodeNoSession, CodeSessionEnded, CodeDeployment.
func (s *Service) Limits(ctx context.Context, session, participant string) (Limits, error) {
	row, err := s.Chats.Writer(ctx, session, participant)
	if err != nil {
		return Limits{}, err
	}
	rules, err := s.Rules(row.Deployment)
	if err != nil {
		return Limits{}, err
	}
	used, err := s.Store.Usage(ctx, session, participant)
	if err != nil {
		return Limits{}, unavailable("read the files of the session", err)
	}
	return Limits{Rules: rules, Used: used, Ready: rules.open(row, participant) == nil}, nil
}

// open says why no file at all can be sent just now.
func (r Rules) open(row chat.Session, participant string) error {
	switch {
	case !r.Enabled:
		return wire.Problemf(wire.CodeFilesOff, "deployment %q takes no files", row.Deployment)
	case r.NeedAgent && participant == row.VisitorID && row.State != chat.Active:
		return wire.Problemf(wire.CodeFileAgent, "files can be sent while an agent is in the session")
	}
	return nil
}

// fits says why a file cannot be sent, as far as its name and size tell.
func (r Rules) fits(name string, size int64) error {
	switch {
	case name == "":
		return wire.Problemf(wire.CodeBadRequest, "the file needs a name")
	case !slices.Contains(r.Types, Extension(name)):
		return wire.Problemf(wire.CodeFileType, "files may be %s, not %.20q", strings.Join(r.Types, ", "), Extension(name))
	case size < 1 || size > r.MaxFileBytes:
		return wire.Problemf(wire.CodeFileSize, "a file may have 1 to %d bytes, not %d", r.MaxFileBytes, size)
	}
	return nil
}

// Open gives a file that is in the log to one who may read its session. The contents are read with ctx.
// Codes: CodeNoFile.
func (s *Service) Open(ctx context.Context, participant, id string) (File, *Content, error) {
	f, err := s.file(ctx, participant, id)
	if err != nil {
		return File{}, nil, err
	}
	if f.State != chat.FileKept {
		return File{}, nil, noFile()
	}
	return f, &Content{ctx: ctx, store: s.Store, file: f}, nil
}

// file finds one, in whatever state, of a session that the participant may read.
func (s *Service) file(ctx context.Context, participant, id string) (File, error) {
	f, err := s.Store.File(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return File{}, noFile()
	}
	if err != nil {
		return File{}, unavailable("look up the file", err)
	}
	_, err = s.Chats.Session(ctx, f.Session, participant)
	if errors.Is(err, &wire.Problem{Code: wire.CodeNoSession}) {
		return File{}, noFile() // that it exists is nobody else's business
	}
	return f, err
}

// Delete takes a file back; only its sender can. Doing it again does nothing and is no error.
// Codes: CodeNoFile, CodeForbidden, CodeSessionEnded.
func (s *Service) Delete(ctx context.Context, participant, id string) error {
	f, err := s.file(ctx, participant, id)
	if err != nil {
		return err
	}
	switch f.State {
	case chat.FileKept:
	case chat.FileDeleted, chat.FilePurged:
		return nil
	default:
		return noFile()
	}
	if f.Participant != participant {
		return wire.Problemf(wire.CodeForbidden, "only who sent a file can take it back")
	}
	if err := s.Chats.DeleteFile(ctx, f.Session, participant, f.ID, f.Name); err != nil {
		return err
	}
	s.purge(ctx, f.ID)
	return nil
}

func noFile() error {
	return wire.Problemf(wire.CodeNoFile, "there is no such file for this participant")
}

// unavailable says that something failed at what was attempted; the reason stays in the chain, for the log.
func unavailable(attempted string, err error) error {
	return fmt.Errorf("%s: %w: %w", attempted, wire.Problemf(wire.CodeUnavailable, "could not %s just now", attempted), err)
}
