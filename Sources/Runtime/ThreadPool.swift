import CSystem

/// A network's share of the process's worker threads; for one caller at a time.
///
/// Which thread runs which iteration of a loop is not fixed, so iterations must write to separate places; results then
/// do not depend on the number of threads.
package final class ThreadPool: @unchecked Sendable {
  /// Threads that take part in a loop, the caller's included; also the number of worker indices.
  package let threads: Int
  private let processors: Int
  private let sharesAll: Bool
  private var race = Race()

  /// Nanoseconds of work for which it pays to have one more thread, if it is awake.
  private static let leastShare = 5000.0
  /// Nanoseconds of work that a thread takes at a time, if there is enough.
  private static let leastPiece = 1000.0
  /// Nanoseconds of a loop so long that nothing that sharing costs matters.
  private static let longLoop = 2e7

  /// - Parameters:
  ///   - threads: that may work for one call; 0 for all.
  ///   - processors: that the process may use.
  ///   - sharesAll: whether it pays or not. In debug builds, so that tests share the loops of small networks.
  package init(
    threads: Int, processors: Int = Int(rfgs_usable_processors()), sharesAll: Bool = ThreadPool.isDebugBuild
  ) {
    self.processors = processors
    self.sharesAll = sharesAll
    self.threads = threads > 0 ? min(threads, processors) : processors
  }

  /// Runs `body(index, worker)` for every index in 0..<count, `worker` in 0..<min(threads, count) naming scratch memory
  /// that no other thread uses meanwhile.
  ///
  /// - Parameter work: of the whole loop. One too short to gain from more threads stays on the caller's, and so does any
  ///   that is not very long while this turns out to be faster.
  package func forEach(
    _ count: Int, _ work: @autoclosure () -> Work, _ body: (_ index: Int, _ worker: Int) -> Void
  ) {
    if threads == 1 || count <= 1 { return run(count, body) }
    let work = work()
    let hands = min(count, threads, sharesAll ? threads : Int(min(work.nanoseconds / Self.leastShare, Double(threads))))
    if hands <= 1 { return run(count, body) }
    if sharesAll || work.nanoseconds > Self.longLoop { return share(count, work, hands, body) }
    let start = rfgs_seconds()
    switch race.way {
    case .alone: run(count, body)
    case .shared: share(count, work, hands, body)
    }
    race.add(seconds: rfgs_seconds() - start, work: 1e-9 * work.nanoseconds)
  }

  /// Whether this is not the library that is installed, but a build for tests.
  package static var isDebugBuild: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }

  private func run(_ count: Int, _ body: (Int, Int) -> Void) {
    for index in 0..<count { body(index, 0) }
  }

  private func share(_ count: Int, _ work: Work, _ hands: Int, _ body: (Int, Int) -> Void) {
    let pieces = max(1, min(work.nanoseconds / Self.leastPiece, Double(count)))
    let piece = max(1, min(count / (4 * hands), Int(Double(count) / pieces)))
    var call = (
      loop: Loop(count: count, piece: piece, workers: hands - 1), mostWorkers: processors - 1, isDone: false
    )
    withUnsafeMutablePointer(to: &call) { call in
      lend(body, to: call) { call, body in
        let call = call.assumingMemoryBound(to: (loop: Loop, mostWorkers: Int, isDone: Bool).self)
        call.pointee.isDone = Crew.shared.pointee.share(call.pointee.loop, body, mostWorkers: call.pointee.mostWorkers)
      }
    }
    if !call.isDone { run(count, body) }
  }
}

/// Calls `borrow` with a closure that any thread may call, by `rfgs_call`, until `borrow` returns.
/// `withoutActuallyEscaping` does the same by way of the heap, in every loop.
@_silgen_name("rfgs_lend")
private func lend(
  _ body: (Int, Int) -> Void, to borrower: UnsafeMutableRawPointer,
  _ borrow: @convention(c) (UnsafeMutableRawPointer, rfgs_loop_body) -> Void)
