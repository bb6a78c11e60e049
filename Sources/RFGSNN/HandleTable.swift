import CSystem
import Runtime
import Synchronization

/// The handles of the process: which objects they stand for, and who is inside a call on them.
let handles = HandleTable()

/// Maps handles to objects. Handles are never dereferenced: freed, foreign and wrong ones are told by their slot, kind
/// and generation. Looking up and claiming take no lock and allocate nothing.
///
/// An object may use another one, as a trainer uses its network. The other is then claimed along with it, and cannot
/// be freed before it.
final class HandleTable: @unchecked Sendable {
  enum Access {
    case exclusive
    /// Also allowed from inside the host's callback, on the thread that runs it.
    case reader
    /// Exclusive, and may be ended by a request to stop.
    case stoppable
  }

  private typealias Place = SlotStore.Place
  private let slots = SlotStore()

  init() {}

  /// A new handle for an object.
  ///
  /// - Parameter user: the handle of what the object uses; the caller is inside a call on it.
  func insert<Object: HandleObject>(
    _ object: Object, using used: OpaquePointer? = nil
  ) throws(Failure) -> OpaquePointer? {
    try requireReserve()
    let (slot, place) = try slots.take()
    let word = SlotWord(bits: place.pointee.word.load(ordering: .relaxed))
    let handle = Handle(slot: slot, kind: Object.handleKind, generation: word.generation)
    place.pointee.object = UnsafeRawPointer(Unmanaged.passRetained(object).toOpaque())
    place.pointee.used = used.flatMap { Handle($0) }.flatMap { slots.place($0.slot) }
    place.pointee.used?.pointee.users.add(1, ordering: .relaxed)
    place.pointee.word.store(SlotWord(idle: handle).bits, ordering: .releasing)
    return handle.pointer
  }

  /// Runs a call on the object of a handle, alone.
  ///
  /// - Parameter name: the handle's name in the call, for sentences.
  func use<Object: HandleObject, Result>(
    _ pointer: OpaquePointer?, as _: Object.Type, _ name: String, _ access: Access = .exclusive,
    _ body: (Object) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try requireReserve()
    let (place, claimed) = try claim(pointer, Object.handleKind, name, access)
    defer { if claimed { release(place) } }
    let used = place.pointee.used
    let usedClaimed = try claim(used: used, name, access)
    defer { if usedClaimed, let used { release(used) } }
    guard let retained = place.pointee.object else { throw invalid(Object.handleKind, name) }
    let object = Unmanaged<Object>.fromOpaque(retained).takeUnretainedValue()
    guard access == .stoppable, let stopFlag = object.stopFlag else { return try body(object) }
    stopFlag.watch(stopRequest(place), used.map { stopRequest($0) })
    defer {
      stopFlag.rest()
      // A request that was made before this call was for it, and one that comes too late is not kept for the next.
      place.pointee.stop.store(0, ordering: .relaxed)
      used?.pointee.stop.store(0, ordering: .relaxed)
    }
    return try body(object)
  }

  /// Lets the object of a handle go, and the handle become invalid; NULL is let pass.
  ///
  /// What the object uses is not claimed, so that a garbage collector may free a trainer while another one trains.
  func remove<Object: HandleObject>(
    _ pointer: OpaquePointer?, as _: Object.Type, _ name: String
  ) throws(Failure) {
    guard let pointer, let handle = Handle(pointer) else {
      if pointer == nil { return }
      throw invalid(Object.handleKind, name)
    }
    let (place, _) = try claim(pointer, Object.handleKind, name, .exclusive)
    let users = place.pointee.users.load(ordering: .acquiring)
    if users > 0 {
      release(place)
      throw Failure(
        .inUse,
        users == 1
          ? "\(name): 1 trainer or state still uses it; free that first"
          : "\(name): \(users) trainers or states still use it; free them first")
    }
    let object = place.pointee.object
    let used = place.pointee.used
    place.pointee.object = nil
    place.pointee.used = nil
    // A generation comes only once: the slot of the last one is not used again.
    let generation = handle.generation &+ 1
    place.pointee.word.store(
      SlotWord(generation: generation, kind: handle.kind, phase: .vacant).bits, ordering: .releasing)
    if let object { Unmanaged<Object>.fromOpaque(object).release() }
    used?.pointee.users.subtract(1, ordering: .releasing)
    if generation != 0 { slots.giveBack(handle.slot, place) }
  }

  // MARK: What a long call does besides

  /// Runs the host's callback from inside a call on a handle: readers on this thread are let in meanwhile.
  func callHost<Result>(from pointer: OpaquePointer?, _ body: () -> Result) -> Result {
    let place = pointer.flatMap { Handle($0) }.flatMap { slots.place($0.slot) }
    let used = place?.pointee.used
    for place in [place, used] {
      guard let place else { continue }
      place.pointee.hostThread.store(rfgs_thread_id(), ordering: .relaxed)
      setPhase(.hostCall, place)
    }
    defer {
      for place in [place, used] { if let place { setPhase(.claimed, place) } }
    }
    return body()
  }

  /// Asks the stoppable call that runs on a handle, or on what uses it, to stop, or the next one. For signal handlers:
  /// no allocation, no lock.
  func requestStop(_ pointer: OpaquePointer?, _ kind: HandleKind) throws(Failure) {
    guard let pointer else { throw Failure(.nullPointer, "\(kind.name): is NULL; pass what \(kind.maker) gave") }
    guard let handle = Handle(pointer), handle.kind == kind, let place = slots.place(handle.slot),
      SlotWord(bits: place.pointee.word.load(ordering: .acquiring)).isAlive(as: SlotWord(idle: handle))
    else { throw invalid(kind, kind.name.description) }
    place.pointee.stop.store(handle.generation, ordering: .releasing)
  }

  /// What to look at for requests to the object that a slot holds now.
  private func stopRequest(_ place: Place) -> StopRequest {
    // A slot stays where it is, and so does what cannot be copied in it.
    withUnsafePointer(to: place.pointee.stop) { word in
      StopRequest(word, asking: SlotWord(bits: place.pointee.word.load(ordering: .relaxed)).generation)
    }
  }

  // MARK: Claims

  /// Small things that a call makes come from the reserve when the system has no memory; a call that begins while much
  /// of it is gone could run out of it, and end the process.
  @inline(__always)
  private func requireReserve() throws(Failure) {
    if rfgs_reserve_is_low() {
      throw Failure(
        .outOfMemory, "the system has no memory, and the library's reserve is nearly used; free handles or other memory"
      )
    }
  }

  /// - Returns: the slot, and whether it was claimed: a reader inside this thread's own callback is let in without.
  private func claim(
    _ pointer: OpaquePointer?, _ kind: HandleKind, _ name: String, _ access: Access
  ) throws(Failure) -> (Place, Bool) {
    guard let pointer else { throw Failure(.nullPointer, "\(name): is NULL; pass what \(kind.maker) gave") }
    guard let handle = Handle(pointer), let place = slots.place(handle.slot) else { throw invalid(kind, name) }
    let idle = SlotWord(idle: handle)
    if handle.kind != kind {
      let alive = SlotWord(bits: place.pointee.word.load(ordering: .relaxed)).isAlive(as: idle)
      throw invalid(kind, name, alive ? handle.kind : nil)
    }
    return (place, try enter(place, idle, "it", kind, name, access))
  }

  private func claim(used place: Place?, _ name: String, _ access: Access) throws(Failure) -> Bool {
    guard let place else { return false }
    let idle = SlotWord(bits: place.pointee.word.load(ordering: .relaxed)).with(.idle)
    return try enter(place, idle, "its network", .network, name, access)
  }

  @inline(__always)
  private func enter(
    _ place: Place, _ idle: SlotWord, _ what: String, _ kind: HandleKind, _ name: String, _ access: Access
  ) throws(Failure) -> Bool {
    let found = SlotWord(
      bits: place.pointee.word.compareExchange(
        expected: idle.bits, desired: idle.with(.claimed).bits,
        successOrdering: .acquiring, failureOrdering: .acquiring
      ).original)
    if found == idle { return true }
    if !found.isAlive(as: idle) { throw invalid(kind, name) }
    // Only this thread could have written its own number, and only it ends the phase.
    let own = found.phase == .hostCall && place.pointee.hostThread.load(ordering: .relaxed) == rfgs_thread_id()
    if own && access == .reader { return false }
    throw busy(what, name, own)
  }

  @inline(__always)
  private func release(_ place: Place) {
    setPhase(.idle, place)
  }

  /// Only for who has claimed the slot: nobody else changes its word.
  @inline(__always)
  private func setPhase(_ phase: SlotWord.Phase, _ place: Place) {
    let word = SlotWord(bits: place.pointee.word.load(ordering: .relaxed))
    place.pointee.word.store(word.with(phase).bits, ordering: .releasing)
  }

  @inline(never)
  private func invalid(_ kind: HandleKind, _ name: String, _ found: HandleKind? = nil) -> Failure {
    guard let found else {
      return Failure(
        .invalidHandle, "\(name): was freed, or is no handle of this library; pass what \(kind.maker) gave")
    }
    return Failure(.invalidHandle, "\(name): is a handle of kind \(found.name); pass what \(kind.maker) gave")
  }

  @inline(never)
  private func busy(_ what: String, _ name: String, _ own: Bool) -> Failure {
    Failure(
      .busy,
      own
        ? "\(name): rfgsnn_fit on \(what) is inside its progress callback, which may only make calls of class "
          + "reader; make this one after rfgsnn_fit has returned"
        : "\(name): another thread is inside a call that uses \(what); wait for it to return, or give each thread "
          + "handles of its own (rfgsnn_network_clone copies a network)")
  }
}
