// pause holds the namespaces of a pod and reaps its orphans, as the original does.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	for _, arg := range os.Args[1:] {
		// `kubeadm upgrade` runs a Job with `pause -v` as its health check: it has to end, and well.
		if arg == "-v" {
			os.Stdout.WriteString("pause (lab)\n")
			return
		}
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for s := range signals {
		if s != syscall.SIGCHLD {
			os.Exit(0)
		}
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}
