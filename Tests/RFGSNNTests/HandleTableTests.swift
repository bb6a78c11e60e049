import Foundation
import Runtime
import Synchronization
import Testing

@testable import RFGSNN

/// Stands in for what a trainer (`Machine`) and its network (`Part`) are to the table.
private final class Machine: HandleObject {
  static var handleKind: HandleKind { .trainer }
  private let onEnd: () -> Void
  let stopFlag: StopFlag? = StopFlag()
  init(onEnd: @escaping () -> Void = {}) { self.onEnd = onEnd }
  deinit { onEnd() }
}

private final class Part: HandleObject {
  static var handleKind: HandleKind { .network }
  var number = 0
  init() {}
}

private func kind(of body: () throws(Failure) -> Void) -> Failure.Kind? {
  do {
    try body()
    return nil
  } catch {
    return error.kind
  }
}

/// Runs the body on another thread and waits for it.
private func onAnotherThread(_ body: @escaping @Sendable () -> Void) {
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    body()
    done.signal()
  }
  thread.start()
  done.wait()
}

/// Pointers may cross threads here: they are handles.
private struct Sent: @unchecked Sendable {
  let pointer: OpaquePointer?
}

@Suite("The handle table")
struct HandleTableTests {
  let table = HandleTable()

  private func use(_ pointer: OpaquePointer?, _ access: HandleTable.Access = .exclusive) -> Failure.Kind? {
    kind { () throws(Failure) in try table.use(pointer, as: Part.self, "part", access) { _ in } }
  }

  @Test("finds the object of a handle")
  func finds() throws {
    let part = Part()
    let handle = try table.insert(part)
    try table.use(handle, as: Part.self, "part") { found in #expect(found === part) }
  }

  @Test("releases the object when its handle is freed, and only once")
  func releases() throws {
    let ended = Mutex(0)
    let handle = try table.insert(Machine { ended.withLock { $0 += 1 } })
    try table.remove(handle, as: Machine.self, "machine")
    #expect(ended.withLock { $0 } == 1)
    #expect(kind { () throws(Failure) in try table.remove(handle, as: Machine.self, "machine") } == .invalidHandle)
    #expect(ended.withLock { $0 } == 1)
  }

  @Test("uses a slot again with another generation, so that the old handle stays invalid")
  func generations() throws {
    let first = try table.insert(Part())
    try table.remove(first, as: Part.self, "part")
    let second = try table.insert(Part())
    let (old, new) = (try #require(first.flatMap { Handle($0) }), try #require(second.flatMap { Handle($0) }))
    #expect(old.slot == new.slot)
    #expect(old.generation != new.generation)
    #expect(use(first) == .invalidHandle)
    #expect(use(second) == nil)
  }

  @Test("has room for more than one chunk of slots, and takes freed ones first")
  func manyHandles() throws {
    let handles = try (0..<3000).map { _ in try table.insert(Part()) }
    #expect(Set(handles).count == 3000)
    for handle in handles { #expect(use(handle) == nil) }
    for handle in handles { try table.remove(handle, as: Part.self, "part") }
    let again = try (0..<3000).map { _ in try table.insert(Part()) }
    let slots = Set(again.compactMap { $0.flatMap { Handle($0)?.slot } })
    #expect(slots == Set(0..<3000))
  }

  @Test("refuses NULL, addresses and invented numbers without looking at them")
  func foreign() throws {
    #expect(use(nil) == .nullPointer)
    let local = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    defer { local.deallocate() }
    let handle = try #require(try table.insert(Part()))
    let bits = UInt(bitPattern: handle)
    for wrong: UInt in [
      0x10, UInt(bitPattern: local), .max, .max - 1, 1 << 63, 1 << 55, 1 << 63 | 1 << 55,
      bits ^ 1, bits ^ 1 << 19, bits ^ 1 << 22, bits ^ 1 << 54, bits ^ 1 << 62, bits & ~(1 << 63), bits & ~(1 << 55),
    ] {
      #expect(use(OpaquePointer(bitPattern: wrong)) == .invalidHandle, "\(String(wrong, radix: 16))")
    }
    #expect(use(handle) == nil)
  }

  @Test("no address of a program is a handle: bits 63 and 55 are set")
  func mark() throws {
    let bits = UInt64(UInt(bitPattern: try table.insert(Part())))
    #expect(bits >> 63 == 1)
    #expect(bits >> 55 & 1 == 1)
  }

  @Test("names the kind of a handle of another kind")
  func otherKind() throws {
    let machine = try table.insert(Machine())
    do {
      try table.use(machine, as: Part.self, "part") { _ in }
      Issue.record("a trainer was taken for a network")
    } catch {
      #expect(error.kind == .invalidHandle)
      #expect(error.message.contains("kind trainer") && error.message.contains("rfgsnn_network_create"))
    }
    #expect(kind { () throws(Failure) in try table.remove(machine, as: Part.self, "part") } == .invalidHandle)
  }

  @Test("does nothing when NULL is freed")
  func freeNull() throws {
    try table.remove(nil, as: Part.self, "part")
  }

  @Test("lets one call at a time into a handle, and the next after it, also after an error")
  func claims() throws {
    let handle = try table.insert(Part())
    try table.use(handle, as: Part.self, "part") { _ in
      #expect(use(handle) == .busy)
      #expect(use(handle, .reader) == .busy)
      #expect(kind { () throws(Failure) in try table.remove(handle, as: Part.self, "part") } == .busy)
    }
    #expect(
      kind { () throws(Failure) in
        try table.use(handle, as: Part.self, "part") { _ throws(Failure) in throw Failure(.shape, "as wanted") }
      } == .shape)
    #expect(use(handle) == nil)
  }

  @Test("claims what an object uses along with it")
  func claimsUsed() throws {
    let part = try table.insert(Part())
    let first = try table.insert(Machine(), using: part)
    let second = try table.insert(Machine(), using: part)
    func useSecond() -> Failure.Kind? {
      kind { () throws(Failure) in try table.use(second, as: Machine.self, "machine") { _ in } }
    }
    try table.use(first, as: Machine.self, "machine") { _ in
      #expect(use(part) == .busy)
      #expect(useSecond() == .busy)
    }
    // The refused call has let go of its own slot as well.
    #expect(useSecond() == nil)
    #expect(use(part) == nil)
  }

  @Test("keeps what is in use until its last user is freed")
  func inUse() throws {
    let part = try table.insert(Part())
    let users = try (0..<2).map { _ in try table.insert(Machine(), using: part) }
    for user in users {
      do {
        try table.remove(part, as: Part.self, "part")
        Issue.record("freed while in use")
      } catch {
        #expect(error.kind == .inUse)
      }
      #expect(use(part) == nil)
      try table.remove(user, as: Machine.self, "machine")
    }
    try table.remove(part, as: Part.self, "part")
    #expect(use(part) == .invalidHandle)
  }

  @Test("inside the host's callback only readers of the same thread are let in")
  func hostCallback() throws {
    let part = try table.insert(Part())
    let machine = try table.insert(Machine(), using: part)
    let other = try table.insert(Machine(), using: part)
    let (sentPart, table) = (Sent(pointer: part), table)
    try table.use(machine, as: Machine.self, "machine") { _ in
      table.callHost(from: machine) {
        #expect(use(part, .reader) == nil)
        #expect(use(part, .reader) == nil, "a reader does not end the claim")
        #expect(use(part) == .busy)
        #expect(kind { () throws(Failure) in try table.remove(part, as: Part.self, "part") } == .busy)
        #expect(kind { () throws(Failure) in try table.remove(machine, as: Machine.self, "machine") } == .busy)
        #expect(
          kind { () throws(Failure) in try table.use(machine, as: Machine.self, "machine", .reader) { _ in } } == nil)
        #expect(
          kind { () throws(Failure) in try table.use(other, as: Machine.self, "machine", .reader) { _ in } } == nil)
        #expect(
          kind { () throws(Failure) in try table.use(other, as: Machine.self, "machine") { _ in } } == .busy)
        #expect(
          kind { () throws(Failure) in try table.remove(other, as: Machine.self, "machine") } == nil,
          "a garbage collector may free what is not running")
        onAnotherThread {
          let refused = kind { () throws(Failure) in
            try table.use(sentPart.pointer, as: Part.self, "part", .reader) { _ in }
          }
          #expect(refused == .busy)
        }
      }
      #expect(use(part, .reader) == .busy, "after the callback the call goes on alone")
    }
    #expect(use(part) == nil)
  }

  @Test("keeps a stop request for its own generation only")
  func stop() throws {
    let machine = try table.insert(Machine())
    func isAsked(_ pointer: OpaquePointer?, _ access: HandleTable.Access = .stoppable) throws -> Bool {
      var asked = false
      try table.use(pointer, as: Machine.self, "machine", access) { machine in asked = machine.stopFlag!.isRaised }
      return asked
    }
    #expect(try !isAsked(machine))
    try table.use(machine, as: Machine.self, "machine", .stoppable) { entered throws(Failure) in
      try table.requestStop(machine, .trainer)
      #expect(entered.stopFlag!.isRaised)
    }
    #expect(try !isAsked(machine), "a call takes the request with it")
    try table.requestStop(machine, .trainer)
    #expect(try !isAsked(machine, .exclusive), "calls that cannot be stopped leave it")
    #expect(try isAsked(machine), "the next one that can takes it")
    #expect(try !isAsked(machine))

    try table.requestStop(machine, .trainer)
    try table.remove(machine, as: Machine.self, "machine")
    #expect(kind { () throws(Failure) in try table.requestStop(machine, .trainer) } == .invalidHandle)
    let next = try table.insert(Machine())
    #expect(try !isAsked(next))
    #expect(kind { () throws(Failure) in try table.requestStop(nil, .trainer) } == .nullPointer)
    let part = try table.insert(Part())
    #expect(kind { () throws(Failure) in try table.requestStop(part, .trainer) } == .invalidHandle)
  }

  @Test("shows a call the requests to its own handle and to the one that it uses, and to no other")
  func stopOfUsed() throws {
    let (part, other) = (try table.insert(Part()), try table.insert(Part()))
    var machines: [OpaquePointer?] = []
    try table.use(part, as: Part.self, "part") { _ throws(Failure) in
      machines = [try table.insert(Machine(), using: part), try table.insert(Machine(), using: part)]
    }
    for (asked, kind, isRaised) in [
      (other, HandleKind.network, false), (machines[1], .trainer, false), (part, .network, true),
      (machines[0], .trainer, true),
    ] {
      try table.use(machines[0], as: Machine.self, "machine", .stoppable) { entered throws(Failure) in
        try table.requestStop(asked, kind)
        #expect(entered.stopFlag!.isRaised == isRaised)
      }
    }
  }

  @Test("threads that compete for one handle never are inside together, and nobody's turn is lost")
  func competing() throws {
    let part = Part()
    let handle = Sent(pointer: try table.insert(part))
    let entered = Atomic<Int>(0)
    let table = table
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      for _ in 0..<20_000 {
        let refused = kind { () throws(Failure) in
          try table.use(handle.pointer, as: Part.self, "part") { part in
            // Not atomic on purpose: two calls inside together would lose counts.
            part.number += 1
            entered.add(1, ordering: .relaxed)
          }
        }
        if let refused { #expect(refused == .busy) }
      }
    }
    #expect(part.number == entered.load(ordering: .relaxed))
    #expect(part.number > 0)
  }

  @Test("threads that create and free at the same time get handles of their own")
  func churn() throws {
    let table = table
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      for _ in 0..<2_000 {
        do {
          let part = Part()
          let handles = [try table.insert(part), try table.insert(Part())]
          try table.use(handles[0], as: Part.self, "part") { found in #expect(found === part) }
          for handle in handles { try table.remove(handle, as: Part.self, "part") }
        } catch {
          Issue.record(error)
        }
      }
    }
    #expect(try Handle(#require(try table.insert(Part())))?.slot ?? .max < 8)
  }
}
