/* Spillway: attempt ledger + stable-predicate sweep.  One item K, one object per attempt (ids 1..NW).
   A row, S object stored, infl PUTs under way, w0fl duplicates of W0 under way; check_model.sh runs it. */
#ifndef NW
#define NW 2
#endif
#define N1 (NW+1)
#define ABSENT 0
#define PENDING 1
#define COMMITTED 2
#define ABORTED 3
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef DUP
#define DUP 1
#endif
#ifndef DUPW0
#define DUPW0 1
#endif
byte A[N1]; bool S[N1]; byte infl[N1]; byte w0fl[N1]; byte K=0; bool ever[N1]; byte nd=0; bool carry=false;
#ifndef NSW
#define NSW 1
#endif
#ifndef UPD
#define UPD 0
#endif
#ifndef RDR
#define RDR 0
#endif
#ifndef DELN
#define DELN 1
#endif
#define TOTAL (NW+NSW+UPD+RDR+1)
#define INV assert(K==0 || S[K])
#ifdef M_ROW_NOT_KEPT
#define KEPT(i) true
#else
#define KEPT(i) (w0fl[i]==0)   /* a finished row outlives every signed request that could create it again (24 h) */
#endif

proctype Writer(byte o) {
  byte a;
#ifdef M_ROW_AFTER_PUT
  atomic { infl[o]=DUP };
  if :: S[o] -> skip :: goto dead fi;
  atomic { if :: A[o]=PENDING :: goto dead fi };
#else
  atomic { if                                                    /* W0 intent row, acknowledged; a retry's duplicate */
           :: A[o]=PENDING; w0fl[o]=DUPW0                         /* may land later; or crash with W0 under way; */
           :: w0fl[o]=1; goto dead                                /* or crash before it */
           :: goto dead fi };
  atomic { if :: infl[o]=DUP :: goto dead fi };                  /* W1 PUT leaves (dup = SDK retry), or crash */
  if :: S[o] -> skip :: goto dead fi;                            /* PUT acked, or crash/timeout (PUT may still land later) */
#endif
#ifdef M_NO_FENCE
  atomic { K=o; A[o]=COMMITTED; ever[o]=true; INV; goto unk };
#endif
#ifdef M_NO_TXN
  if :: A[o]==PENDING -> skip :: A[o]!=PENDING -> goto unk fi;
  atomic { K=o; ever[o]=true; INV };
  atomic { A[o]=COMMITTED; goto unk };
#endif
  atomic {                                                        /* W2 one transaction {row, item}; or crash */
    if
    :: A[o]==PENDING -> K=o; A[o]=COMMITTED; ever[o]=true; INV
    :: A[o]!=PENDING -> skip
    :: goto dead
    fi };
unk:
  atomic { a=A[o];                                                /* resolve lost reply by strong read of the row */
    if
    :: a==COMMITTED -> assert(ever[o])
    :: a==ABORTED   -> assert(!ever[o])
    :: else
    fi; goto dead };
dead: atomic { nd++ }
}
proctype Deleter() { byte n=0;                                     /* user delete or TTL: item vanishes, ledger untouched */
  do :: n<DELN -> atomic { if :: K!=0 -> K=0 :: K==0 -> skip fi; n++ } :: break od; atomic { nd++ } }

proctype Updater() { byte k;                                       /* rewrite of the item carrying the reference forward */
  k=K;
#ifdef M_BLIND_CARRY
  atomic { if :: k!=0 -> K=k; INV :: else fi; nd++ }
#else
  atomic { if :: k!=0 && K==k -> K=k; INV :: else fi; nd++ }       /* conditional on the version read */
#endif
}
proctype Reader() { byte r; byte p;
  r=K;
again:
  if
  :: r==0
  :: r!=0 && S[r] -> assert(ever[r])
  :: r!=0 && !S[r] -> p=r; 
     atomic { r=K; 
#ifdef M_NO_REREAD
     assert(false)
#else
     assert(r!=p)                                                  /* same ref, object missing = data loss */
#endif
     }; goto again
  fi; atomic { nd++ }
}
inline sweep_one(o,a,k,l) {
#ifdef M_ROW_BEFORE_LIST
  l=true;
#else
  l=S[o];                                                          /* G0 LIST/HEAD sees the object */
#endif
#ifdef M_K_BEFORE_A
  k=K; a=A[o];
#else
  a=A[o];                                                          /* G1 then the row (strong) */
#endif
  if
  :: a==ABSENT  ->
#ifdef M_NO_LIST
     skip
#else
     atomic { if :: l -> S[o]=false; INV :: else fi }
#endif
  :: a==PENDING ->
#ifdef M_NO_FENCE
     atomic { S[o]=false; INV }                                    /* "old enough" by the clock */
#else
     atomic { if :: A[o]==PENDING -> A[o]=ABORTED :: else fi }     /* fence */
#endif
  :: a==ABORTED -> atomic { S[o]=false; INV }
  :: a==COMMITTED ->
#ifndef M_K_BEFORE_A
     k=K;                                                          /* G2 then the item (strong) */
#endif
     atomic { if :: k!=o -> S[o]=false; INV :: else fi }
  fi
}
inline row_one(o,a,k,l) {
  a=A[o];
  if
  :: a==ABORTED   -> atomic { if :: !S[o] && KEPT(o) -> A[o]=ABSENT :: else fi }
  :: a==COMMITTED -> k=K; atomic { if :: k!=o && !S[o] && KEPT(o) -> A[o]=ABSENT :: else fi }
#ifdef M_ROW_EARLY
  :: a==PENDING   -> l=S[o]; atomic { if :: !l -> A[o]=ABSENT :: else fi }
#else
  :: a==PENDING   -> atomic { if :: A[o]==PENDING -> A[o]=ABORTED :: else fi }
#endif
  :: a==ABSENT
  fi
}
proctype SweepAny() { byte o; byte a; byte k; bool l; byte n=0;    /* adversarial: any object, may pause anywhere */
  do
  :: n<ROUNDS -> atomic { n++; select(o: 1 .. NW) };
     if :: sweep_one(o,a,k,l) :: row_one(o,a,k,l) fi;
     atomic { a=0; k=0; l=false; o=0 }
  :: break
  od; atomic { nd++ } }
#ifdef M_NO_LIST
#define G1(i) (S[i] && K!=i && A[i]!=ABSENT)
#else
#define G1(i) (S[i] && K!=i)
#endif
#define R1(i) (A[i]!=ABSENT && K!=i && !S[i] && KEPT(i))
proctype Final() { byte o; byte a; byte k; bool l;                 /* after the storm: one sweeper keeps running */
end: do
  :: nd==TOTAL && G1(1) -> o=1; sweep_one(o,a,k,l); atomic { a=0; k=0; l=false; o=0 }
  :: nd==TOTAL && G1(2) -> o=2; sweep_one(o,a,k,l); atomic { a=0; k=0; l=false; o=0 }
  :: nd==TOTAL && R1(1) -> o=1; row_one(o,a,k,l); atomic { a=0; k=0; l=false; o=0 }
  :: nd==TOTAL && R1(2) -> o=2; row_one(o,a,k,l); atomic { a=0; k=0; l=false; o=0 }
#if NW>2
  :: nd==TOTAL && G1(3) -> o=3; sweep_one(o,a,k,l); atomic { a=0; k=0; l=false; o=0 }
  :: nd==TOTAL && R1(3) -> o=3; row_one(o,a,k,l); atomic { a=0; k=0; l=false; o=0 }
#endif
  od
}
inline w0_lands(o) { atomic { w0fl[o]>0 -> w0fl[o]--;               /* W0 creates only: a row that is there refuses it */
  if :: A[o]==ABSENT -> A[o]=PENDING :: else fi } }
proctype Net() {                                                   /* requests under way may land at any later time */
end: do                                                            /* a PUT: If-None-Match:* */
  :: w0_lands(1)
  :: w0_lands(2)
#if NW>2
  :: w0_lands(3)
#endif
  :: atomic { infl[1]>0 -> infl[1]--; S[1]=true }
  :: atomic { infl[2]>0 -> infl[2]--; S[2]=true }
#if NW>2
  :: atomic { infl[3]>0 -> infl[3]--; S[3]=true }
#endif
  od }
init { byte i;
  atomic { run Net(); run Final(); 
#if NSW>0
   run SweepAny();
#endif
#if NSW>1
   run SweepAny();
#endif

    for (i : 1 .. NW) { run Writer(i) } run Deleter();
#if UPD>0
   run Updater();
#endif
#if RDR>0
   run Reader();
#endif
  };
endi: timeout -> d_step { i=1; do :: i<=NW -> assert(!S[i] || K==i); assert(A[i]==ABSENT || K==i); i++ :: i>NW -> break od }
}
