package wire

// Identify brings a newer identity of the person whom the hello named, before that one expires. Answered by Ack, whose
// Ms is for how many milliseconds the new one is good. CodeIdentityOther for another person, or where the hello named
// none: that takes a new hello. CodeIdentity and CodeIdentityExpired leave the old one in force.
type Identify struct {
	Ref      uint32 `msgpack:"ref"`
	Identity string `msgpack:"identity"`
}

func (*Identify) FrameType() Type { return TypeIdentify }

func (f *Identify) SetRef(ref uint32) { f.Ref = ref }
func (f *Identify) GetRef() uint32    { return f.Ref }
