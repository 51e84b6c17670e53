package cause

// One thing that is acted upon: a version of an object, or a request that is being served.
type One struct {
	// Version is the resourceVersion that was noticed: that of the deletion, for what is gone. One request made it, of all objects.
	Version string `json:"version,omitempty"`
	// Notice is add, update or delete.
	Notice string `json:"notice,omitempty"`
	// Request is the Audit-ID of the request that is being served.
	Request string `json:"request,omitempty"`
	// Late says that it has waited in a queue for a set time.
	Late bool `json:"late,omitempty"`
}

// most is how many are kept; of more, the first ones are forgotten.
const most = 16

// Set is what somebody acts upon, oldest notice first. It never changes.
type Set struct {
	// The profiler takes this for a set of labels: a slice without any.
	labels []struct{ key, value string }
	all    []One
	// forgotten is how many were too many.
	forgotten int
}

// Merge puts two sets together; what is in both stands where the later has it.
func Merge(a, b *Set) *Set {
	if a == nil || b == nil || a == b {
		if a == nil {
			return b
		}
		return a
	}
	merged := &Set{forgotten: a.forgotten + b.forgotten}
	for _, one := range a.all {
		if !b.has(one) {
			merged.all = append(merged.all, one)
		}
	}
	merged.all = append(merged.all, b.all...)
	if over := len(merged.all) - most; over > 0 {
		merged.all = merged.all[over:]
		merged.forgotten += over
	}
	return merged
}

func (s *Set) has(one One) bool {
	for _, own := range s.all {
		if own.Version == one.Version && own.Request == one.Request {
			return true
		}
	}
	return false
}

// late is the same set after it has waited.
func (s *Set) late() *Set {
	if s == nil {
		return nil
	}
	waited := &Set{all: append([]One(nil), s.all...), forgotten: s.forgotten}
	for i := range waited.all {
		waited.all[i].Late = true
	}
	return waited
}
