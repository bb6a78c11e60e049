/// One element for each stack of a network or each axis of its points, at most five (a branch and four trunks: no network
/// has more coordinates), kept in the value itself: they come with every step, and no step allocates.
///
/// Neither an `InlineArray` nor a collection: both end in generic code that is specialised for no element, which puts
/// elements on the heap.
package struct StackList<Element> {
  @usableFromInline var element0: Element?
  @usableFromInline var element1: Element?
  @usableFromInline var element2: Element?
  @usableFromInline var element3: Element?
  @usableFromInline var element4: Element?
  @usableFromInline package private(set) var count = 0

  @inlinable @inline(__always) package init() {}

  /// - Parameter elements: at most five.
  @inlinable @inline(__always) package init(_ elements: some Sequence<Element>) {
    for element in elements { append(element) }
  }

  @inlinable @inline(__always) package var indices: Range<Int> { 0..<count }

  /// All of them, for what is not done in every step.
  @inlinable @inline(__always) package var array: [Element] { indices.map { self[$0] } }

  @inlinable @inline(__always) package subscript(index: Int) -> Element {
    get {
      let element =
        switch index {
        case 0: element0
        case 1: element1
        case 2: element2
        case 3: element3
        default: element4
        }
      guard let element else { fatalError("index beyond the end of a list of stacks") }
      return element
    }
    set {
      switch index {
      case 0: element0 = newValue
      case 1: element1 = newValue
      case 2: element2 = newValue
      case 3: element3 = newValue
      default: element4 = newValue
      }
    }
  }

  @inlinable @inline(__always) package mutating func append(_ element: Element) {
    self[count] = element
    count += 1
  }

  @inlinable @inline(__always) package func map<Other>(_ transform: (Element) -> Other) -> StackList<Other> {
    var others = StackList<Other>()
    for index in indices { others.append(transform(self[index])) }
    return others
  }
}

extension StackList<Int> {
  @inlinable @inline(__always) package var product: Int {
    var product = 1
    for index in indices { product *= self[index] }
    return product
  }
}

extension StackList: Sendable where Element: Sendable {}
