package store

import (
	"context"
	"slices"
)

// PutPlace forgets, in the same go, what is too much of the agent's or too old of anybody's.
func (s *accessStore) PutPlace(ctx context.Context, username, network string, nowMs int64, keep int, sinceMs int64) error {
	err := s.engine.exec(ctx, `insert into agent_places (username, network, used_ms) values (?, ?, ?)
		on conflict (username, network) do update set used_ms = excluded.used_ms`, username, network, nowMs)
	if err != nil {
		return during(err, "remember where an agent signs in")
	}
	err = s.engine.exec(ctx, `delete from agent_places where used_ms < ? or username = ? and network not in
		(select network from agent_places where username = ? order by used_ms desc, network limit ?)`,
		sinceMs, username, username, int64(keep))
	return during(err, "forget where agents signed in")
}

func (s *accessStore) KnowsPlace(ctx context.Context, username, network string, sinceMs int64) (bool, error) {
	if !storable(username) || !storable(network) {
		return false, nil
	}
	var n int
	err := s.engine.reads().row(ctx, "select count(*) from agent_places where username = ? and network = ? and used_ms >= ?",
		username, network, sinceMs).Scan(&n)
	return n > 0, during(err, "ask where an agent has signed in")
}

// KeepDeployments replaces what was kept.
func (s *accessStore) KeepDeployments(ctx context.Context, names []string) error {
	old, err := s.Deployments(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.engine.exec(ctx, "insert into deployment_names (name) values (?) on conflict (name) do nothing", name); err != nil {
			return during(err, "keep the name of deployment "+name)
		}
	}
	for _, name := range old {
		if slices.Contains(names, name) {
			continue
		}
		if err := s.engine.exec(ctx, "delete from deployment_names where name = ?", name); err != nil {
			return during(err, "forget the name of deployment "+name)
		}
	}
	return nil
}

func (s *accessStore) Deployments(ctx context.Context) ([]string, error) {
	names, err := all(ctx, s.engine.reads(), func(row scanner) (name string, err error) { return name, row.Scan(&name) },
		"select name from deployment_names order by name")
	return names, during(err, "read the names of deployments")
}
