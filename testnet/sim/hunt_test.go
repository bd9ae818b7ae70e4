package sim
import ("testing";"time";"peal/chord";"os";"strconv")
func TestHunt(t *testing.T) {
	if os.Getenv("HUNT")=="" { t.Skip() }
	n,_:=strconv.Atoi(os.Getenv("HUNT"))
	bad:=0
	tot:=Report{}
	for seed := range uint64(n) {
	cfg := Config{Peers: 1+int(seed%8), Seed: seed, Grown: seed%2==0, Joins:0.2,Leaves:0.05,Crashes:0.1,Restarts:0.05, Lookups: 1,Duration: time.Minute, Refuse: seed%3==0, Node: chord.Config{Successors: 2+int(seed/8%3)}}
	if v:=os.Getenv("LOSS"); v!="" {cfg.Loss,_=strconv.ParseFloat(v,64)}
	r,err := Run(cfg)
	if err != nil {
		bad++
		if bad <30 {t.Errorf("%v",err)}
	}
	tot.WrongOwner+=r.WrongOwner; tot.DeadOwner+=r.DeadOwner; tot.Failed+=r.Failed; tot.Lookups+=r.Lookups; tot.WronglyDead+=r.WronglyDead; tot.Spared+=r.Spared;tot.Crashed+=r.Crashed
	tot.IdealAfter=max(tot.IdealAfter,r.IdealAfter)
	}
	t.Logf("bad %d %+v",bad,tot)
}
