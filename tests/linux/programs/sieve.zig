//! Primes below a limit, with Zig's own start-up code, system calls and general-purpose allocator: no libc.
const std = @import("std");

fn write(text: []const u8) void {
    var rest = text;
    while (rest.len > 0) {
        const n = std.os.linux.write(1, rest.ptr, rest.len);
        if (n == 0 or n > rest.len) return;
        rest = rest[n..];
    }
}

pub fn main() u8 {
    const limit = 100_000;
    const allocator = std.heap.page_allocator;
    const crossed = allocator.alloc(bool, limit) catch return 1;
    defer allocator.free(crossed);
    @memset(crossed, false);
    var count: usize = 0;
    var last: usize = 0;
    for (2..limit) |n| {
        if (crossed[n]) continue;
        count += 1;
        last = n;
        var multiple = n * n;
        while (multiple < limit) : (multiple += n) crossed[multiple] = true;
    }
    var buffer: [80]u8 = undefined;
    const text = std.fmt.bufPrint(&buffer, "{d} primes below {d}, the last is {d}\n", .{ count, limit, last }) catch return 2;
    write(text);
    return if (count == 9592) 0 else 3;
}
