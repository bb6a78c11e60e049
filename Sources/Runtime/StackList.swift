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
    switch count {
    case 0: element0 = element
    case 1: element1 = element
    case 2: element2 = element
    case 3: element3 = element
    case 4: element4 = element
    default: throw Failure.contradiction("a network has more than five stacks")
    }
    count += 1
  }

  @inlinable @inline(__always) package func forEach(
    _ body: (_ index: Int, _ element: Element) throws(Failure) -> Void
  ) throws(Failure) {
    for index in indices {
      if let element = self[index] { try body(index, element) }
    }
  }

  @inlinable @inline(__always) package func map<Other>(
    _ transform: (_ index: Int, _ element: Element) -> Other
  ) -> StackList<Other> {
    var others = StackList<Other>()
    others.element0 = element0.map { transform(0, $0) }
    others.element1 = element1.map { transform(1, $0) }
    others.element2 = element2.map { transform(2, $0) }
    others.element3 = element3.map { transform(3, $0) }
    others.element4 = element4.map { transform(4, $0) }
    others.count = count
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
