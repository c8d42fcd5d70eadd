package files

import "context"

const (
	sweepMs     = 10 * 60_000 // between two looks
	abandonedMs = 60 * 60_000 // an upload that has not become a file by then never will: UploadLimit is less
	sweepFiles  = 100         // at a time
)

// Run removes uploads that were interrupted, by a crash for example, and the bytes of deleted files, and adds up what
// there is. It looks at once, then every ten minutes, and returns when ctx ends.
func (s *Service) Run(ctx context.Context) {
	for {
		if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
			s.Logger.WarnContext(ctx, "uploads could not be tidied up", "err", err)
		}
		if bytes, err := s.Store.Stored(ctx); err == nil {
			s.Watch.Stored(bytes)
		} else if ctx.Err() == nil {
			s.Logger.WarnContext(ctx, "the files could not be counted", "err", err)
		}
		due := make(chan struct{})
		stop := s.Clock.AfterMs(sweepMs, func() { close(due) })
		select {
		case <-ctx.Done():
			stop()
			return
		case <-due:
		}
	}
}

func (s *Service) sweep(ctx context.Context) error {
	if err := s.Store.AbandonBefore(ctx, s.Clock.NowMs()-abandonedMs); err != nil {
		return err
	}
	for {
		doomed, err := s.Store.Doomed(ctx, sweepFiles)
		if err != nil {
			return err
		}
		for _, id := range doomed {
			if err := s.Store.Purge(ctx, id); err != nil {
				return err
			}
		}
		if len(doomed) < sweepFiles {
			return nil
		}
	}
}
