import CSystem
import Synchronization

/// A few threads that share the iterations of a loop; they spin briefly after a job, then sleep.
///
/// Which thread runs which iteration is not fixed, so iterations must write to separate places; results then do not
/// depend on the number of threads. Nothing starts before the first job that can use more than one thread, and after a
/// fork the child, which has none of the parent's threads, starts its own.
package final class ThreadPool: @unchecked Sendable {
  /// How often a worker looks for the next job before it sleeps: for about 0.3 ms, longer than the gaps between the loops
  /// of a training step and between the host's calls. With 2000 looks, steps of 2 ms on two threads took a fifth longer.
  private static let spins = 10000

  /// Threads that take part, the caller's included; also the number of worker indices.
  package let threads: Int
  private var crew: Crew?

  package init(threads: Int) {
    self.threads = max(1, threads)
  }

  deinit {
    if let crew, crew.process == rfgs_process_id() { crew.dismiss() }
  }

  /// Runs `body(index, worker)` for every index in 0..<count, `worker` in 0..<min(threads, count) naming scratch memory
  /// that no other thread uses meanwhile.
  package func forEach(_ count: Int, _ body: (_ index: Int, _ worker: Int) -> Void) {
    guard threads > 1, count > 1, let crew = currentCrew() else {
      for index in 0..<count { body(index, 0) }
      return
    }
    crew.run(count, body)
  }

  private func currentCrew() -> Crew? {
    if let crew, crew.process == rfgs_process_id() { return crew }
    crew = Crew(workers: threads - 1, spins: Self.spins)
    return crew
  }
}

/// The threads of a pool and the job they work on. Kept alive by its threads until they are dismissed.
private final class Crew: @unchecked Sendable {
  let process = rfgs_process_id()
  private let spins: Int
  private var workers = 0
  /// Increases with every job; a worker waits for a value it has not seen. The futex word.
  private let job = UnsafeMutablePointer<Atomic<UInt32>>.allocate(capacity: 1)
  private let next = Atomic<Int>(0)
  private let working = Atomic<Int>(0)
  private let sleeping = Atomic<Int>(0)
  private let dismissed = Atomic<Bool>(false)
  private var count = 0
  private var body = rfgs_loop_body()

  init?(workers wanted: Int, spins: Int) {
    self.spins = spins
    job.initialize(to: Atomic<UInt32>(0))
    for index in 0..<wanted {
      let start = Unmanaged.passRetained(WorkerStart(crew: self, worker: index + 1))
      let error = rfgs_start_thread(
        { context in
          guard let context else { return }
          let start = Unmanaged<WorkerStart>.fromOpaque(context).takeRetainedValue()
          start.crew.work(start.worker)
        }, start.toOpaque())
      if error != 0 {
        start.release()
        break
      }
      workers += 1
    }
    if workers == 0 { return nil }
  }

  deinit {
    job.deinitialize(count: 1)
    job.deallocate()
  }

  private var word: UnsafePointer<UInt32> {
    UnsafeRawPointer(job).assumingMemoryBound(to: UInt32.self)
  }

  func run(_ count: Int, _ body: (Int, Int) -> Void) {
    self.count = count
    lend(body, to: Unmanaged.passUnretained(self).toOpaque()) { crew, body in
      Unmanaged<Crew>.fromOpaque(crew).takeUnretainedValue().share(body)
    }
  }

  private func share(_ body: rfgs_loop_body) {
    self.body = body
    next.store(0, ordering: .relaxed)
    working.store(workers, ordering: .relaxed)
    announce()
    drain(worker: 0)
    waitForWorkers()
  }

  /// A worker that the system has taken off its processor can be long in coming back: spin a little, then let others
  /// run.
  private func waitForWorkers() {
    var left = spins
    while working.load(ordering: .acquiring) != 0 {
      if left > 0 { rfgs_pause() } else { rfgs_yield() }
      left -= 1
    }
  }

  func dismiss() {
    dismissed.store(true, ordering: .releasing)
    announce()
  }

  private func announce() {
    job.pointee.add(1, ordering: .sequentiallyConsistent)
    if sleeping.load(ordering: .sequentiallyConsistent) != 0 { rfgs_wake_all(word) }
  }

  private func drain(worker: Int) {
    let (count, body) = (count, body)
    if worker >= count { return }
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      if index >= count { return }
      rfgs_call(body, index, worker)
    }
  }

  func work(_ worker: Int) {
    var seen: UInt32 = 0
    while true {
      seen = waitForJob(after: seen)
      if dismissed.load(ordering: .acquiring) { return }
      drain(worker: worker)
      working.subtract(1, ordering: .releasing)
    }
  }

  private func waitForJob(after seen: UInt32) -> UInt32 {
    for _ in 0..<spins {
      let current = job.pointee.load(ordering: .acquiring)
      if current != seen { return current }
      rfgs_pause()
    }
    sleeping.add(1, ordering: .sequentiallyConsistent)
    defer { sleeping.subtract(1, ordering: .relaxed) }
    while true {
      let current = job.pointee.load(ordering: .sequentiallyConsistent)
      if current != seen { return current }
      rfgs_wait(word, seen)
    }
  }
}

/// Calls `borrow` with a closure that any thread may call, by `rfgs_call`, until `borrow` returns.
/// `withoutActuallyEscaping` does the same by way of the heap, in every loop.
@_silgen_name("rfgs_lend")
private func lend(
  _ body: (Int, Int) -> Void, to borrower: UnsafeMutableRawPointer,
  _ borrow: @convention(c) (UnsafeMutableRawPointer, rfgs_loop_body) -> Void)

private final class WorkerStart {
  let crew: Crew
  let worker: Int

  init(crew: Crew, worker: Int) {
    self.crew = crew
    self.worker = worker
  }
}
