import Runtime

/// A pointer that the host must pass.
func required<Pointer>(_ pointer: Pointer?, _ name: String) throws(Failure) -> Pointer {
  guard let pointer else { throw Failure(.nullPointer, "\(name): is NULL, but must point to something") }
  return pointer
}

/// A length that the network or the trainer decides.
func requireCount(_ count: Int64, _ name: String, _ expected: Int, of things: String) throws(Failure) {
  if count != Int64(expected) {
    throw Failure(.shape, "\(name): is \(count), expected \(expected), the number of \(things)")
  }
}

/// An index into `count` things.
func requireIndex(_ index: Int64, _ name: String, below count: Int, of things: String) throws(Failure) -> Int {
  if index < 0 || index >= Int64(count) {
    throw Failure(.outOfRange, "\(name): \(index) is not between 0 and \(count - 1), the last of the \(things)")
  }
  return Int(index)
}

/// A C string where it lies; `kind` is the failure of one that is too long or not UTF-8.
func text(
  _ pointer: UnsafePointer<CChar>?, _ name: String, atMost limit: Int, otherwise kind: Failure.Kind
) throws(Failure) -> Letters {
  let start = try required(pointer, name)
  var length = 0
  while start[length] != 0 {
    length += 1
    if length > limit { throw Failure(kind, "\(name): is longer than \(limit) bytes; is its end marked by a 0?") }
  }
  let bytes = UnsafeBufferPointer(
    start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: length)
  if (try? UTF8Span(validating: bytes.span)) == nil {
    throw Failure(kind, "\(name): is not UTF-8; use plain letters")
  }
  return Letters(bytes)
}

/// Writes to an output that the host may not want.
func store<Value>(_ value: Value, to place: UnsafeMutablePointer<Value>?) {
  place?.pointee = value
}

/// A literal as a C string that is valid for ever.
func cString(_ text: StaticString) -> UnsafePointer<CChar>? {
  guard text.hasPointerRepresentation else { return nil }
  return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

/// A copy as a C string, to be deallocated by the caller if it is not to stay for ever.
func cStringCopy(_ text: String) -> UnsafeMutablePointer<CChar> {
  let utf8 = text.utf8
  let copy = UnsafeMutablePointer<CChar>.allocate(capacity: utf8.count + 1)
  for (index, byte) in utf8.enumerated() { copy[index] = CChar(bitPattern: byte) }
  copy[utf8.count] = 0
  return copy
}
