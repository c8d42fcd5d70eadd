package throttle

import "sync"

// Shares is something of which there is so much for each key and so much for all together, and which is given back:
// memory, or places for connections. It is safe for use by many goroutines.
type Shares struct {
	SharesOptions

	mu    sync.Mutex
	used  map[string]*share // of keys that have any
	total int64
	told  bool // Nearly, of all together
}

// SharesOptions is what Shares are made of. All fields are required but All and Watch.
type SharesOptions struct {
	Each, All         func() int64 // may change from call to call; nil for no bound
	EachName, AllName string       // keys of the limits in relay.yaml
	Watch             Watch
}

type share struct {
	used int64
	told bool
}

// NewShares makes Shares of which nothing is used.
func NewShares(o SharesOptions) *Shares {
	if o.Watch == nil {
		o.Watch = Nobody{}
	}
	return &Shares{SharesOptions: o, used: map[string]*share{}}
}

// Take gives a key n more, or says that there is no room.
func (s *Shares) Take(key string, n int64) bool {
	s.mu.Lock()
	full, almost := s.take(key, n)
	s.mu.Unlock()
	for _, limit := range almost {
		s.Watch.Nearly(limit, key)
	}
	if full != "" {
		s.Watch.Reached(full, key)
	}
	return full == ""
}

// take tells which limit forbids it, or which ones are now nearly reached. The caller holds mu.
func (s *Shares) take(key string, n int64) (full string, almost []string) {
	if full = s.full(key, n); full != "" {
		return full, nil
	}
	one := s.used[key]
	if one == nil {
		one = &share{}
		s.used[key] = one
	}
	one.used += n
	s.total += n
	if !one.told && nearly(one.used, s.Each()) {
		one.told = true
		almost = append(almost, s.EachName)
	}
	if s.All != nil && !s.told && nearly(s.total, s.All()) {
		s.told = true
		almost = append(almost, s.AllName)
	}
	return "", almost
}

// full names the limit that forbids n more; "" where none does. The caller holds mu.
func (s *Shares) full(key string, n int64) string {
	has := int64(0)
	if one := s.used[key]; one != nil {
		has = one.used
	}
	switch {
	case has+n > s.Each():
		return s.EachName
	case s.All != nil && s.total+n > s.All():
		return s.AllName
	}
	return ""
}

// Has tells whether Take would give a key n more just now.
func (s *Shares) Has(key string, n int64) bool {
	s.mu.Lock()
	full := s.full(key, n)
	s.mu.Unlock()
	if full != "" {
		s.Watch.Reached(full, key)
	}
	return full == ""
}

// Give takes back n of what a key has taken.
func (s *Shares) Give(key string, n int64) {
	if n == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.used[key]
	one.used -= n
	s.total -= n
	if one.used == 0 {
		delete(s.used, key)
	}
	if s.total == 0 {
		s.told = false
	}
}

// Used is what all keys have together.
func (s *Shares) Used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}
