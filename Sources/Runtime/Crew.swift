import CSystem
import Synchronization

/// The worker threads of the process, which the loops of all networks share.
///
/// A caller posts its loop in one of a few places. Workers that have nothing to do join loops that want hands; the
/// caller works on its own loop as if it were alone, and waits in the end only for those who have joined. There are no
/// locks, and nothing is allocated but the threads' own memory. In the child of a fork that memory is zeros again: no
/// threads, no loops.
struct Crew: ~Copyable {
  /// Changes with every loop that is posted, for which idle workers wait; a futex word, and so the first.
  private let bell = Atomic<UInt32>(0)
  /// Idle workers: those that look at the bell, and those that sleep.
  private let looking = Atomic<Int>(0)
  private let sleeping = Atomic<Int>(0)
  private let started = Atomic<Int>(0)
  /// Workers that the loops of the moment would have.
  private let wanted = Atomic<Int>(0)
  private let starting = Atomic<Bool>(false)
  /// When the system last refused a thread: the bits of `rfgs_seconds`.
  private let refused = Atomic<UInt64>(0)

  /// How often an idle worker looks at the bell before it sleeps: for about 0.1 ms, longer than the gaps between the
  /// loops of a training step.
  private static let looks = 3000
  /// Seconds until the system is asked again for a thread that it refused.
  private static let patience = 1.0
  private static let places = Int(RFGS_CREW_LINES) - 1

  static var shared: UnsafeMutablePointer<Crew> { part(0, as: Crew.self) }
  private static func job(_ place: Int) -> UnsafeMutablePointer<Job> { part(1 + place, as: Job.self) }

  /// Each part has a line of the cache to itself, and begins as zeros.
  private static func part<Part: ~Copyable>(_ line: Int, as type: Part.Type) -> UnsafeMutablePointer<Part> {
    assert(MemoryLayout<Part>.size <= Int(RFGS_CACHE_LINE))
    return (rfgs_crew_memory() + line * Int(RFGS_CACHE_LINE)).assumingMemoryBound(to: type)
  }

  /// Shares a loop with workers, of which the process may have so many; false, and nothing is done, if there are none or
  /// all places are taken.
  func share(_ loop: Loop, _ body: rfgs_loop_body, mostWorkers: Int) -> Bool {
    let sum = wanted.add(loop.workers, ordering: .relaxed).newValue
    defer { wanted.subtract(loop.workers, ordering: .relaxed) }
    start(min(sum, mostWorkers))
    if started.load(ordering: .relaxed) == 0 { return false }
    for place in 0..<Self.places {
      let job = Self.job(place)
      if !job.pointee.take() { continue }
      job.pointee.open(loop, body)
      ring(loop.workers)
      job.pointee.drain(worker: 0)
      job.pointee.close()
      job.pointee.release()
      return true
    }
    return false
  }

  private func ring(_ workers: Int) {
    bell.add(1, ordering: .sequentiallyConsistent)
    if sleeping.load(ordering: .sequentiallyConsistent) == 0 { return }
    let missing = workers - looking.load(ordering: .relaxed)
    if missing > 0 { rfgs_wake(word, Int32(missing)) }
  }

  /// Starts threads until there are so many, if the system lets it. One caller does; the others go on meanwhile.
  private func start(_ threads: Int) {
    if started.load(ordering: .relaxed) >= threads { return }
    if rfgs_seconds() < Double(bitPattern: refused.load(ordering: .relaxed)) + Self.patience { return }
    if starting.exchange(true, ordering: .acquiring) { return }
    defer { starting.store(false, ordering: .releasing) }
    while started.load(ordering: .relaxed) < threads {
      if rfgs_start_worker({ Crew.shared.pointee.work() }) != 0 {
        refused.store(rfgs_seconds().bitPattern, ordering: .relaxed)
        return
      }
      started.add(1, ordering: .relaxed)
    }
  }

  /// What a worker does, for ever.
  private func work() {
    while true {
      let rung = bell.load(ordering: .acquiring)
      if !joinAny() { waitForBell(after: rung) }
    }
  }

  private func joinAny() -> Bool {
    for place in 0..<Self.places {
      if Self.job(place).pointee.join() { return true }
    }
    return false
  }

  private func waitForBell(after rung: UInt32) {
    looking.add(1, ordering: .relaxed)
    for _ in 0..<Self.looks {
      if bell.load(ordering: .acquiring) != rung {
        looking.subtract(1, ordering: .relaxed)
        return
      }
      rfgs_pause()
    }
    looking.subtract(1, ordering: .relaxed)
    sleeping.add(1, ordering: .sequentiallyConsistent)
    while bell.load(ordering: .sequentiallyConsistent) == rung { rfgs_wait(word, rung) }
    sleeping.subtract(1, ordering: .relaxed)
  }

  private var word: UnsafePointer<UInt32> {
    withUnsafePointer(to: self) { UnsafeRawPointer($0).assumingMemoryBound(to: UInt32.self) }
  }
}
