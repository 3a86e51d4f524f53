/// Option as a vector of none or one: the layout that natives return.
module std::option;

public struct Option<Element> has copy, drop, store {
    vec: vector<Element>,
}

public fun none<Element>(): Option<Element> { Option { vec: vector[] } }

public fun some<Element>(e: Element): Option<Element> { Option { vec: vector[e] } }

public fun is_some<Element>(o: &Option<Element>): bool { o.vec.length() == 1 }

public fun destroy_some<Element>(o: Option<Element>): Element {
    let Option { mut vec } = o;
    let e = vec.pop_back();
    vec.destroy_empty();
    e
}
