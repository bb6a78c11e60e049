import Synchronization

/// A word in memory that stays, by which another thread, or a signal handler, asks a call to end.
package struct StopRequest: @unchecked Sendable {
  private let word: UnsafePointer<Atomic<UInt32>>
  /// What the word is when it asks.
  private let asking: UInt32

  package init(_ word: UnsafePointer<Atomic<UInt32>>, asking: UInt32) {
    self.word = word
    self.asking = asking
  }

  var isMade: Bool { word.pointee.load(ordering: .relaxed) == asking }

  /// What nobody asks.
  static let none: StopRequest = {
    let word = UnsafeMutablePointer<Atomic<UInt32>>.allocate(capacity: 1)
    word.initialize(to: Atomic(0))
    return StopRequest(UnsafePointer(word), asking: 1)
  }()
}

/// Whether the call that a network is in shall end early. All that computes for the network looks at it.
///
/// Loops look at it about once in a millisecond's work, and leave what they compute unfinished when it is raised; the
/// code behind them calls `check` before it uses or writes anything. A flag that was raised stays so until the call
/// ends, so what passes the check is whole.
package final class StopFlag: @unchecked Sendable {
  private var first = StopRequest.none
  private var second = StopRequest.none

  package init() {}

  package var isRaised: Bool { first.isMade || second.isMade }

  /// Throws if the call shall end.
  package func check() throws(Failure) {
    if isRaised { throw Failure(.cancelled, "stopped: it was asked to before its end; make the call again") }
  }

  /// A call begins that these requests may end.
  package func watch(_ first: StopRequest, _ second: StopRequest? = nil) {
    self.first = first
    self.second = second ?? first
  }

  /// The call has ended: until the next one nothing raises the flag.
  package func rest() {
    first = .none
    second = .none
  }
}

extension ThreadPool {
  /// As `forEach`, unless the flag is raised: iterations that have not begun are then left out, and it throws.
  package func forEach(
    _ count: Int, unless stop: StopFlag, _ body: (_ index: Int, _ worker: Int) -> Void
  ) throws(Failure) {
    forEach(count) { index, worker in
      if !stop.isRaised { body(index, worker) }
    }
    try stop.check()
  }
}
