package chat

import (
	"context"
	"unicode/utf8"

	"foyer/relay/chat/attached"
	"foyer/relay/wire"
)

// Typing passes on that a participant types, or stopped; text is the preview, where the interface has one.
// Codes: CodeBadRequest, CodeNoSession, CodeSessionEnded.
func (s *Service) Typing(ctx context.Context, session, participant string, on bool, text string) error {
	if err := checkPreview(text); err != nil {
		return err
	}
	from, err := s.writer(ctx, session, participant)
	if err != nil {
		return err
	}
	s.live.Typing(session, from, on, text)
	return nil
}

// Delivered passes on that every entry up to seq has reached the participant's screen; a seq beyond the log is cut to
// it. Codes: CodeNoSession, CodeSessionEnded.
func (s *Service) Delivered(ctx context.Context, session, participant string, seq int64) error {
	row, from, err := s.present(ctx, session, participant)
	if err != nil {
		return err
	}
	if seq = min(seq, row.Seq); seq > 0 {
		s.live.Delivered(session, from, seq)
	}
	return nil
}

// Draft passes on what a participant has in the input of one connection to its other connections. Codes as Typing.
func (s *Service) Draft(ctx context.Context, session, participant, connection, text string) error {
	if err := checkPreview(text); err != nil {
		return err
	}
	from, err := s.writer(ctx, session, participant)
	if err != nil {
		return err
	}
	s.live.Draft(session, from, connection, text)
	return nil
}

// writer finds a participant who could write now.
func (s *Service) writer(ctx context.Context, session, participant string) (Participant, error) {
	row, p, err := s.present(ctx, session, participant)
	if err != nil {
		return Participant{}, err
	}
	if row.State.Over() {
		return Participant{}, sessionEnded()
	}
	return p, nil
}

func checkPreview(text string) error {
	if utf8.RuneCountInString(text) > wire.MaxMessageRunes {
		return wire.Problemf(wire.CodeBadRequest, "a text may have %d characters", wire.MaxMessageRunes)
	}
	return attached.Text("the text", text)
}
