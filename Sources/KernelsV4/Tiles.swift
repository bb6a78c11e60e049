/// Some rows of a tile of a matrix product, each a block of columns, held in registers; composed like
/// `Columns`.
protocol Rows {
  associatedtype Block: Columns
  static var height: Int { get }
  init(zero: Void)
  init(from c: UnsafePointer<Block.Source>, _ stride: Int)
  func store(to c: UnsafeMutablePointer<Block.Scalar>, _ stride: Int)
  /// Adds the outer product of a column of A, `stride` apart in memory, and a row of B.
  mutating func addProduct(_ a: UnsafePointer<Block.Scalar>, _ stride: Int, _ b: Block)
}

struct Row<Block: Columns>: Rows {
  var block: Block

  @inline(__always) static var height: Int { 1 }
  @inline(__always) init(zero: Void) { block = Block(zero: ()) }
  @inline(__always) init(from c: UnsafePointer<Block.Source>, _ stride: Int) { block = Block(from: c) }
  @inline(__always) func store(to c: UnsafeMutablePointer<Block.Scalar>, _ stride: Int) { block.store(to: c) }
  @inline(__always) mutating func addProduct(_ a: UnsafePointer<Block.Scalar>, _ stride: Int, _ b: Block) {
    block.addProduct(Block.factor(a.pointee), b)
  }
}

struct Above<Top: Rows, Bottom: Rows>: Rows where Top.Block == Bottom.Block {
  typealias Block = Top.Block
  var top: Top
  var bottom: Bottom

  @inline(__always) static var height: Int { Top.height &+ Bottom.height }
  @inline(__always) init(zero: Void) {
    top = Top(zero: ())
    bottom = Bottom(zero: ())
  }
  @inline(__always) init(from c: UnsafePointer<Block.Source>, _ stride: Int) {
    top = Top(from: c, stride)
    bottom = Bottom(from: c + Top.height &* stride, stride)
  }
  @inline(__always) func store(to c: UnsafeMutablePointer<Block.Scalar>, _ stride: Int) {
    top.store(to: c, stride)
    bottom.store(to: c + Top.height &* stride, stride)
  }
  @inline(__always) mutating func addProduct(_ a: UnsafePointer<Block.Scalar>, _ stride: Int, _ b: Block) {
    top.addProduct(a, stride, b)
    bottom.addProduct(a + Top.height &* stride, stride, b)
  }
}

typealias Rows2<Block: Columns> = Above<Row<Block>, Row<Block>>
typealias Rows4<Block: Columns> = Above<Rows2<Block>, Rows2<Block>>
typealias Rows6<Block: Columns> = Above<Rows4<Block>, Rows2<Block>>
typealias Rows8<Block: Columns> = Above<Rows4<Block>, Rows4<Block>>

extension Rows {
  /// Adds the product of A, element (i, p) at a[i aRow + p aColumn], and B, row p at b + p bRow, for
  /// p = 0, 1, ..., k-1.
  @inline(__always)
  mutating func addProduct(
    _ k: Int, _ a: UnsafePointer<Block.Scalar>, _ aRow: Int, _ aColumn: Int, _ b: UnsafePointer<Block.Source>,
    _ bRow: Int
  ) {
    var a = a
    var b = b
    var p = 0
    while p < k {
      addProduct(a, aRow, Block(from: b))
      a += aColumn
      b += bRow
      p &+= 1
    }
  }
}
