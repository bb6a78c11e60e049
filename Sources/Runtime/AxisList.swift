/// The dimensions of a host's array, at most seven, kept in the value itself: arrays come with every step, and no step
/// allocates. As small as can be, because threads of hosts may have small stacks.
package struct AxisList: RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral, Sendable {
  private var strides = InlineArray<7, Int>(repeating: 0)
  private var shape = Extents()

  package init() {}

  /// - Parameter axes: at most seven.
  package init(_ axes: some Sequence<Axis>) {
    for axis in axes { append(axis) }
  }

  package init(arrayLiteral axes: Axis...) { self.init(axes) }

  package var startIndex: Int { 0 }
  package var endIndex: Int { shape.count }

  package subscript(index: Int) -> Axis {
    get { Axis(extent: shape[index], stride: strides[index]) }
    set {
      shape[index] = newValue.extent
      strides[index] = newValue.stride
    }
  }

  package mutating func append(_ axis: Axis) {
    strides[shape.count] = axis.stride
    shape.append(axis.extent)
  }

  package var extents: Extents { shape }
}

/// The extents of a host's array, at most seven.
package struct Extents: Sendable {
  /// Each is at most Int32.max, which the C layer sees to, or a product of some that is.
  private var extents = InlineArray<7, Int32>(repeating: 0)
  private var number: Int32 = 0

  package init() {}

  package var count: Int { Int(number) }

  package subscript(index: Int) -> Int {
    get { Int(extents[index]) }
    set { extents[index] = Int32(truncatingIfNeeded: newValue) }
  }

  package mutating func append(_ extent: Int) {
    self.number += 1
    self[count - 1] = extent
  }

  /// As [2, 3].
  package var text: Sentence {
    var text: Sentence = "["
    for index in 0..<count { text = text + (index == 0 ? "\(self[index])" : ", \(self[index])") }
    return text + "]"
  }
}
