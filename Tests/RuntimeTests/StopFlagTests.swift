import Runtime
import Synchronization
import Testing

@Suite("the stop flag")
struct StopFlagTests {
  private let word: UnsafeMutablePointer<Atomic<UInt32>> = {
    let word = UnsafeMutablePointer<Atomic<UInt32>>.allocate(capacity: 1)
    word.initialize(to: Atomic(0))
    return word
  }()

  private func ask(_ value: UInt32) { word.pointee.store(value, ordering: .relaxed) }

  @Test("is raised by a request of the call that it watches for, and by no other")
  func raised() {
    let flag = StopFlag()
    ask(7)
    #expect(!flag.isRaised)
    flag.watch(StopRequest(word, asking: 8))
    #expect(!flag.isRaised)
    ask(8)
    #expect(flag.isRaised)
    #expect(throws: Failure.self) { try flag.check() }
    flag.rest()
    #expect(!flag.isRaised)
  }

  @Test("a loop leaves out what it has not begun, and throws", arguments: [1, 2])
  func loop(threads: Int) throws {
    let (flag, pool) = (StopFlag(), ThreadPool(threads: threads))
    flag.watch(StopRequest(word, asking: 1))
    let done = Atomic<Int>(0)
    try pool.forEach(100, unless: flag) { _, _ in done.add(1, ordering: .relaxed) }
    #expect(done.load(ordering: .relaxed) == 100)
    #expect(throws: Failure.self) {
      try pool.forEach(100, unless: flag) { index, _ in
        done.add(1, ordering: .relaxed)
        if index == 20 { ask(1) }
      }
    }
    let begun = done.load(ordering: .relaxed) - 100
    #expect(begun >= 21 - (threads - 1) && begun < 100)
  }
}
