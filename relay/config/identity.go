package config

import "go.yaml.in/yaml/v3"

// What a deployment's identity may say.
const (
	IdentityOptional = "optional"
	IdentityRequired = "required"
)

// Secrets is a list of texts, of which a single one may stand without the list.
type Secrets []string

// UnmarshalYAML implements yaml.Unmarshaler.
func (s *Secrets) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		var one string
		if err := node.Decode(&one); err != nil || one == "" {
			return err
		}
		*s = Secrets{one}
		return nil
	}
	var all []string
	if err := node.Decode(&all); err != nil {
		return err
	}
	*s = all
	return nil
}
