// Outsider reads signed checkpoints and proofs as JSON and says, one by one, whether
// golang.org/x/mod/sumdb accepts them. Nothing here knows Ringfence.
package main

import (
	"encoding/json"
	"log"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type item struct {
	Kind          string // note, inclusion, consistency
	Note          string
	Vkey          string
	Entry         string
	Index         int64
	Size, Old     int64
	Root, OldRoot tlog.Hash
	Proof         []tlog.Hash
}

func check(one item) error {
	switch one.Kind {
	case "note":
		verifier, err := note.NewVerifier(one.Vkey)
		if err != nil {
			return err
		}
		_, err = note.Open([]byte(one.Note), note.VerifierList(verifier))
		return err
	case "inclusion":
		return tlog.CheckRecord(one.Proof, one.Size, one.Root, one.Index, tlog.RecordHash([]byte(one.Entry)))
	case "consistency":
		return tlog.CheckTree(one.Proof, one.Size, one.Root, one.Old, one.OldRoot)
	}
	log.Fatalf("unknown kind %q", one.Kind)
	return nil
}

func main() {
	var items []item
	if err := json.NewDecoder(os.Stdin).Decode(&items); err != nil {
		log.Fatal(err)
	}
	answers := make([]string, len(items))
	for at, one := range items {
		answers[at] = "accepted"
		if err := check(one); err != nil {
			answers[at] = "refused: " + err.Error()
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		log.Fatal(err)
	}
}
