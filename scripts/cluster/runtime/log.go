package runtime

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/klog/v2"
)

// containerLog is a container's output in CRI's format, as the kubelet reads it.
type containerLog struct{ path string }

func newLog(path string) *containerLog { return &containerLog{path} }

func (l *containerLog) write(line string) {
	if err := l.append(line); err != nil {
		klog.V(2).ErrorS(err, "container log", "path", l.path)
	}
}

func (l *containerLog) append(line string) error {
	if err := os.MkdirAll(filepath.Dir(l.path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = fmt.Fprintf(file, "%s stdout F %s\n", time.Now().UTC().Format(time.RFC3339Nano), line)
	return err
}

// lines is what was printed so far, without CRI's columns.
func (l *containerLog) lines() []string {
	content, err := os.ReadFile(l.path)
	if err != nil {
		return nil // nothing was printed yet
	}
	var lines []string
	for line := range strings.Lines(string(content)) {
		if columns := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 4); len(columns) == 4 {
			lines = append(lines, columns[3])
		}
	}
	return lines
}

func (l *containerLog) remove() {
	if err := os.Remove(l.path); err != nil && !os.IsNotExist(err) {
		klog.V(2).ErrorS(err, "container log", "path", l.path)
	}
}
