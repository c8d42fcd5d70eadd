package chat

import "github.com/google/uuid"

// UUIDs mints UUIDv7 ids, which sort by time. Its zero value is ready; main hands it to every service.
type UUIDs struct{}

// New mints an id. It panics only where the system has no randomness.
func (UUIDs) New() string { return uuid.Must(uuid.NewV7()).String() }
