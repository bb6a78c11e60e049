/// A few dimensions of the host's array, kept in the value itself: arrays come with every step, and no step allocates.
package struct AxisList: RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral, Sendable {
  /// [functions, four axes of points, fields], and one to spare.
  package static let most = 7

  private var axes = InlineArray<7, Axis>(repeating: .single)
  package private(set) var count = 0

  package init() {}

  /// - Parameter axes: at most `most`.
  package init(_ axes: some Sequence<Axis>) {
    for axis in axes { append(axis) }
  }

  package init(arrayLiteral axes: Axis...) { self.init(axes) }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(index: Int) -> Axis {
    get { axes[index] }
    set { axes[index] = newValue }
  }

  package mutating func append(_ axis: Axis) {
    axes[count] = axis
    count += 1
  }
}
