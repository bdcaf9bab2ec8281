;; The inner loops of the search, over bytes in linear memory: 16 at a time where that can be.
;;
;; Memory is laid out by kernel.ts. Loads go up to 80 bytes beyond what is searched; the memory has
;; room there, and what lies there is never reported.
(module
  (memory (export "memory") 1)
  ;; Of the automaton: address of the row of its state, the address of the next byte, and an address
  ;; at or before which no match that is still open begins.
  (global $row (export "row") (mut i32) (i32.const 0))
  (global $pos (export "pos") (mut i32) (i32.const 0))
  (global $open (export "open") (mut i32) (i32.const 0))

  ;; Whether the pattern of $len bytes is at $at.
  (func $fits (param $at i32) (param $len i32) (param $values i32) (param $masks i32) (result i32)
    (local $k i32)
    (loop $next
      (if (i32.ge_u (local.get $k) (local.get $len)) (then (return (i32.const 1))))
      (if (i32.ne
            (i32.and (i32.load8_u (i32.add (local.get $at) (local.get $k)))
                     (i32.load8_u (i32.add (local.get $masks) (local.get $k))))
            (i32.load8_u (i32.add (local.get $values) (local.get $k))))
        (then (return (i32.const 0))))
      (local.set $k (i32.add (local.get $k) (i32.const 1)))
      (br $next))
    (unreachable))

  ;; Bytes at $p that fit a value under a mask, as 16 times 0 or 255.
  (func $lanes (param $p i32) (param $value v128) (param $mask v128) (result v128)
    (i8x16.eq (v128.and (v128.load (local.get $p)) (local.get $mask)) (local.get $value)))

  ;; First address from $from up to $to at which a pattern begins, or -1. Its bytes number $i and $j
  ;; are looked for, the others are compared where those are found.
  (func $find (export "find")
    (param $from i32) (param $to i32)
    (param $len i32) (param $values i32) (param $masks i32)
    (param $i i32) (param $j i32) (result i32)
    (local $vi v128) (local $mi v128) (local $vj v128) (local $mj v128)
    (local $p i32) (local $stop i32) (local $bits i32) (local $q i32)
    (local.set $vi (i8x16.splat (i32.load8_u (i32.add (local.get $values) (local.get $i)))))
    (local.set $mi (i8x16.splat (i32.load8_u (i32.add (local.get $masks) (local.get $i)))))
    (local.set $vj (i8x16.splat (i32.load8_u (i32.add (local.get $values) (local.get $j)))))
    (local.set $mj (i8x16.splat (i32.load8_u (i32.add (local.get $masks) (local.get $j)))))
    (local.set $p (local.get $from))
    (block $end
      (loop $blocks
        (br_if $end (i32.ge_s (local.get $p) (local.get $to)))
        (if (i32.eqz (v128.any_true
              (v128.or
                (v128.or
                  (v128.and
                    (call $lanes (i32.add (local.get $p) (local.get $i))
                      (local.get $vi) (local.get $mi))
                    (call $lanes (i32.add (local.get $p) (local.get $j))
                      (local.get $vj) (local.get $mj)))
                  (v128.and
                    (call $lanes (i32.add (i32.add (local.get $p) (local.get $i)) (i32.const 16))
                      (local.get $vi) (local.get $mi))
                    (call $lanes (i32.add (i32.add (local.get $p) (local.get $j)) (i32.const 16))
                      (local.get $vj) (local.get $mj))))
                (v128.or
                  (v128.and
                    (call $lanes (i32.add (i32.add (local.get $p) (local.get $i)) (i32.const 32))
                      (local.get $vi) (local.get $mi))
                    (call $lanes (i32.add (i32.add (local.get $p) (local.get $j)) (i32.const 32))
                      (local.get $vj) (local.get $mj)))
                  (v128.and
                    (call $lanes (i32.add (i32.add (local.get $p) (local.get $i)) (i32.const 48))
                      (local.get $vi) (local.get $mi))
                    (call $lanes (i32.add (i32.add (local.get $p) (local.get $j)) (i32.const 48))
                      (local.get $vj) (local.get $mj)))))))
          (then
            (local.set $p (i32.add (local.get $p) (i32.const 64)))
            (br $blocks)))
        (local.set $stop (i32.add (local.get $p) (i32.const 64)))
        (loop $quarters
          (local.set $bits (i8x16.bitmask
            (v128.and
              (call $lanes (i32.add (local.get $p) (local.get $i))
                (local.get $vi) (local.get $mi))
              (call $lanes (i32.add (local.get $p) (local.get $j))
                (local.get $vj) (local.get $mj)))))
          (block $none
            (loop $hits
              (br_if $none (i32.eqz (local.get $bits)))
              (local.set $q (i32.add (local.get $p) (i32.ctz (local.get $bits))))
              (br_if $end (i32.ge_s (local.get $q) (local.get $to)))
              (if (call $fits (local.get $q) (local.get $len)
                    (local.get $values) (local.get $masks))
                (then (return (local.get $q))))
              (local.set $bits
                (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))
              (br $hits)))
          (local.set $p (i32.add (local.get $p) (i32.const 16)))
          (br_if $quarters (i32.lt_s (local.get $p) (local.get $stop))))
        (br $blocks)))
    (i32.const -1))

  ;; Bytes at $p that are in the set whose tables are at $table, as 16 times 0 or 255.
  (func $members (param $p i32) (param $table i32) (result v128)
    (local $v v128)
    (local.set $v (v128.load (local.get $p)))
    (i8x16.ne
      (v128.and
        (i8x16.swizzle (v128.load (local.get $table))
          (v128.and (local.get $v) (i8x16.splat (i32.const 15))))
        (i8x16.swizzle (v128.load offset=16 (local.get $table))
          (i8x16.shr_u (local.get $v) (i32.const 4))))
      (i8x16.splat (i32.const 0))))

  ;; First address from $from up to $to where the three bytes are in the three sets whose tables
  ;; are at $tables, or -1.
  (func $set (export "set") (param $p i32) (param $to i32) (param $tables i32) (result i32)
    (local $bits i32)
    (loop $blocks
      (if (i32.ge_s (local.get $p) (local.get $to)) (then (return (i32.const -1))))
      (local.set $bits (i8x16.bitmask
        (v128.and
          (call $members (local.get $p) (local.get $tables))
          (v128.and
            (call $members (i32.add (local.get $p) (i32.const 1))
              (i32.add (local.get $tables) (i32.const 32)))
            (call $members (i32.add (local.get $p) (i32.const 2))
              (i32.add (local.get $tables) (i32.const 64)))))))
      (if (local.get $bits)
        (then
          (local.set $p (i32.add (local.get $p) (i32.ctz (local.get $bits))))
          (return (select (local.get $p) (i32.const -1)
            (i32.lt_s (local.get $p) (local.get $to))))))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (br $blocks))
    (unreachable))

  ;; Goes on with text, bytes of a set, from $open, whose bytes up to $pos are text, as far as $end.
  ;; Gives where text of $least bytes or more ends, which is at a byte that is none or after $most
  ;; bytes, or -1; $open and $pos are then as above.
  (func (export "text")
    (param $end i32) (param $table i32) (param $least i32) (param $most i32) (result i32)
    (local $begin i32) (local $pos i32) (local $mask i32) (local $left i32) (local $n i32)
    (local $found i32)
    (local.set $begin (global.get $open))
    (local.set $pos (global.get $pos))
    (local.set $found (i32.const -1))
    (block $stop
      (loop $blocks
        (local.set $left (i32.sub (local.get $end) (local.get $pos)))
        (br_if $stop (i32.le_s (local.get $left) (i32.const 0)))
        (if (i32.gt_s (local.get $left) (i32.const 16)) (then (local.set $left (i32.const 16))))
        (local.set $mask (i32.and
          (i8x16.bitmask (call $members (local.get $pos) (local.get $table)))
          (i32.sub (i32.shl (i32.const 1) (local.get $left)) (i32.const 1))))
        (loop $runs
          ;; Bytes that are text.
          (local.set $n (i32.ctz (i32.xor (local.get $mask) (i32.const -1))))
          (local.set $pos (i32.add (local.get $pos) (local.get $n)))
          (local.set $left (i32.sub (local.get $left) (local.get $n)))
          (local.set $mask (i32.shr_u (local.get $mask) (local.get $n)))
          (local.set $n (i32.sub (local.get $pos) (local.get $begin)))
          (if (i32.eqz (local.get $left))
            (then
              (br_if $blocks (i32.lt_s (local.get $n) (local.get $most)))
              (local.set $found (local.get $pos))
              (br $stop)))
          (if (i32.ge_s (local.get $n) (local.get $least))
            (then
              (local.set $found (local.get $pos))
              (br $stop)))
          ;; Bytes that are none.
          (local.set $n (i32.ctz (i32.or (local.get $mask)
            (i32.shl (i32.const 1) (local.get $left)))))
          (local.set $pos (i32.add (local.get $pos) (local.get $n)))
          (local.set $left (i32.sub (local.get $left) (local.get $n)))
          (local.set $mask (i32.shr_u (local.get $mask) (local.get $n)))
          (local.set $begin (local.get $pos))
          (br_if $runs (local.get $left)))
        (br $blocks)))
    (global.set $open (local.get $begin))
    (global.set $pos (local.get $pos))
    (local.get $found))

  ;; Runs the automaton from $pos up to $end. The entry of a byte in the row of a state is the
  ;; address of the next state's row, with flags in its low bits: 1 it is not known yet, 2 a match
  ;; ends before the byte, 8 no match is open in the next state. Gives the flag that ended the run,
  ;; or 0 at $end. A match begins with $len bytes under masks, as for "find", or if that is 0, with
  ;; three bytes of the sets at $tables, or if that is 0, anyhow.
  (func (export "automaton")
    (param $classes i32) (param $tables i32) (param $end i32)
    (param $len i32) (param $values i32) (param $masks i32) (param $i i32) (param $j i32)
    (result i32)
    (local $last i32)
    (local $row i32) (local $pos i32) (local $entry i32) (local $p i32) (local $flags i32)
    (local.set $row (global.get $row))
    (local.set $pos (global.get $pos))
    (block $stop
      (loop $bytes
        (br_if $stop (i32.ge_s (local.get $pos) (local.get $end)))
        (local.set $entry (i32.load (i32.add (local.get $row)
          (i32.load16_u (i32.add (local.get $classes)
            (i32.shl (i32.load8_u (local.get $pos)) (i32.const 1)))))))
        (local.set $flags (i32.and (local.get $entry) (i32.const 15)))
        (if (i32.eqz (local.get $flags))
          (then
            (local.set $row (local.get $entry))
            (local.set $pos (i32.add (local.get $pos) (i32.const 1)))
            (br $bytes)))
        (br_if $stop (i32.ne (local.get $flags) (i32.const 8)))
        (local.set $row (i32.and (local.get $entry) (i32.const -16)))
        (local.set $pos (i32.add (local.get $pos) (i32.const 1)))
        (if (i32.or (local.get $tables) (local.get $len))
          (then
            ;; Goes on one byte before the next place where a match may begin.
            (if (local.get $len)
              (then
                (local.set $last (i32.sub (local.get $end)
                  (i32.sub (local.get $len) (i32.const 1))))
                (local.set $p (call $find (local.get $pos) (local.get $last)
                  (local.get $len) (local.get $values) (local.get $masks)
                  (local.get $i) (local.get $j))))
              (else
                (local.set $last (i32.sub (local.get $end) (i32.const 2)))
                (local.set $p (call $set (local.get $pos) (local.get $last)
                  (local.get $tables)))))
            (if (i32.lt_s (local.get $p) (i32.const 0))
              (then (local.set $p (local.get $last))))
            (local.set $p (i32.sub (local.get $p) (i32.const 1)))
            (if (i32.gt_s (local.get $p) (local.get $pos))
              (then (local.set $pos (local.get $p))))))
        (global.set $open (local.get $pos))
        (local.set $flags (i32.const 0))
        (br $bytes)))
    (global.set $row (local.get $row))
    (global.set $pos (local.get $pos))
    (if (i32.ge_s (local.get $pos) (local.get $end)) (then (return (i32.const 0))))
    (local.get $flags))
)
