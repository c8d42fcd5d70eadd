package notify

import (
	"unicode/utf8"

	"foyer/relay/chat/attached"
	"foyer/relay/wire"
)

// Message is what a page is told.
type Message struct {
	Page    string         // pageID; "" for all open pages of the visit
	Channel string         // "gpe." and more is predefined, all else is for the page's own subscribers
	Data    map[string]any // may be nil
}

// Limits of messages.
const (
	MaxMessages     = 50 // in one call
	MaxChannelRunes = 200
	MaxPageRunes    = 100
	MaxDataBytes    = attached.MaxBytes
)

// Check refuses a message that could not be delivered. what names it in the error. Codes: CodeBadRequest, CodeTooLarge.
func (m Message) Check(what string) error {
	switch {
	case m.Channel == "":
		return wire.Problemf(wire.CodeBadRequest, "%s: channel is missing", what)
	case utf8.RuneCountInString(m.Channel) > MaxChannelRunes:
		return wire.Problemf(wire.CodeBadRequest, "%s: channel may have %d characters", what, MaxChannelRunes)
	case utf8.RuneCountInString(m.Page) > MaxPageRunes:
		return wire.Problemf(wire.CodeBadRequest, "%s: page may have %d characters", what, MaxPageRunes)
	case attached.Size(m.Data) > MaxDataBytes:
		return wire.Problemf(wire.CodeTooLarge, "%s: data may have %d bytes", what, MaxDataBytes)
	}
	for _, text := range []string{m.Channel, m.Page} {
		if err := attached.Text(what, text); err != nil {
			return err
		}
	}
	return attached.Check(what+": data", m.Data)
}
