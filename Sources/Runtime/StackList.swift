/// One element for each stack of a network or each axis of its points, at most five (a branch and four trunks: no network
/// has more coordinates), kept in the value itself: they come with every step, and no step allocates.
///
/// Neither an `InlineArray` nor a collection: both end in generic code that is specialised for no element, which puts
/// elements on the heap. Nothing in it traps.
package struct StackList<Element> {
  @usableFromInline var element0: Element?
  @usableFromInline var element1: Element?
  @usableFromInline var element2: Element?
  @usableFromInline var element3: Element?
  @usableFromInline var element4: Element?
  @usableFromInline package private(set) var count = 0

  @inlinable @inline(__always) package init() {}

  /// - Parameter elements: at most five.
  @inlinable @inline(__always) package init(_ elements: some Sequence<Element>) throws(Failure) {
    for element in elements { try append(element) }
  }

  @inlinable @inline(__always) package var indices: Range<Int> { 0..<count }

  /// All of them, for what is not done in every step.
  @inlinable @inline(__always) package var array: [Element] { indices.compactMap { self[$0] } }

  /// Nil beyond the end.
  @inlinable @inline(__always) package subscript(index: Int) -> Element? {
    switch index {
    case 0: element0
    case 1: element1
    case 2: element2
    case 3: element3
    case 4: element4
    default: nil
    }
  }

  @inlinable @inline(__always) package mutating func append(_ element: Element) throws(Failure) {
    if !take(element) { throw Failure.contradiction("a network has more than five stacks") }
  }

  /// Appends an element if there is room.
  @inlinable @inline(__always) mutating func take(_ element: Element) -> Bool {
    switch count {
    case 0: element0 = element
    case 1: element1 = element
    case 2: element2 = element
    case 3: element3 = element
    case 4: element4 = element
    default: return false
    }
    count += 1
    return true
  }

  @inlinable @inline(__always) package func map<Other>(
    _ transform: (_ index: Int, _ element: Element) -> Other
  ) -> StackList<Other> {
    var others = StackList<Other>()
    for index in indices {
      if let element = self[index] { _ = others.take(transform(index, element)) }
    }
    return others
  }
}

extension StackList<Int> {
  @inlinable @inline(__always) package var product: Int {
    (element0 ?? 1) * (element1 ?? 1) * (element2 ?? 1) * (element3 ?? 1) * (element4 ?? 1)
  }
}

extension StackList: Equatable where Element == Int {}

extension StackList: Sendable where Element: Sendable {}
