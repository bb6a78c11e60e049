import CSystem
import Synchronization

/// A loop that is to be shared.
struct Loop {
  let count: Int
  /// Indices that a thread takes at a time.
  let piece: Int
  /// That may join it.
  let workers: Int
}

/// A loop in one of the crew's places, and who works on it.
struct Job: ~Copyable {
  /// Workers that have left it; the futex word of a caller that waits, and so the first.
  private let left = Atomic<UInt32>(0)
  private let waiting = Atomic<Bool>(false)
  private let taken = Atomic<Bool>(false)
  /// Workers that have joined it, and in the upper half those that may.
  private let hands = Atomic<UInt32>(0)
  /// The next index that nobody has taken.
  private let next = Atomic<Int>(0)
  private var loop = Loop(count: 0, piece: 0, workers: 0)
  private var body = rfgs_loop_body()
  private var floatControl: UInt64 = 0

  private var word: UnsafePointer<UInt32> {
    withUnsafePointer(to: self) { UnsafeRawPointer($0).assumingMemoryBound(to: UInt32.self) }
  }

  /// How often a caller looks whether the last worker has left, before it sleeps: for about 50 microseconds. One that
  /// takes longer has perhaps been put off its processor, for milliseconds, and may want this one.
  private static let looks = 1500
  private static let half: UInt32 = 16

  /// Takes the place, unless another loop has it.
  func take() -> Bool {
    !taken.load(ordering: .relaxed)
      && taken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  func release() { taken.store(false, ordering: .releasing) }

  /// Lets workers join a loop.
  mutating func open(_ loop: Loop, _ body: rfgs_loop_body) {
    self.loop = loop
    self.body = body
    floatControl = rfgs_float_control()
    left.store(0, ordering: .relaxed)
    next.store(0, ordering: .relaxed)
    hands.store(UInt32(loop.workers) << Self.half, ordering: .releasing)
  }

  /// Runs iterations until none is left to take.
  func drain(worker: Int) {
    let (loop, body) = (loop, body)
    while true {
      let first = next.add(loop.piece, ordering: .relaxed).oldValue
      if first >= loop.count { return }
      for index in first..<min(first + loop.piece, loop.count) { rfgs_call(body, index, worker) }
    }
  }

  /// Lets nobody join any more, and waits for those who have.
  func close() {
    let joined = hands.exchange(0, ordering: .acquiringAndReleasing) & (1 << Self.half - 1)
    for _ in 0..<Self.looks {
      if left.load(ordering: .acquiring) == joined { return }
      rfgs_pause()
    }
    waiting.store(true, ordering: .sequentiallyConsistent)
    while true {
      let gone = left.load(ordering: .sequentiallyConsistent)
      if gone == joined { break }
      rfgs_wait(word, gone)
    }
    waiting.store(false, ordering: .relaxed)
  }

  /// Works on it, if it wants another hand: by the caller's rounding, and as a worker of that number.
  func join() -> Bool {
    var hands = hands.load(ordering: .relaxed)
    while true {
      let joined = hands & (1 << Self.half - 1)
      if joined >= hands >> Self.half { return false }
      let (exchanged, now) = self.hands.compareExchange(
        expected: hands, desired: hands + 1, ordering: .acquiring)
      if exchanged {
        work(Int(joined) + 1)
        return true
      }
      hands = now
    }
  }

  private func work(_ worker: Int) {
    rfgs_set_float_control(floatControl)
    drain(worker: worker)
    // Who comes now would find nothing to do.
    hands.bitwiseAnd(1 << Self.half - 1, ordering: .relaxed)
    left.add(1, ordering: .sequentiallyConsistent)
    if waiting.load(ordering: .sequentiallyConsistent) { rfgs_wake(word, 1) }
  }
}
