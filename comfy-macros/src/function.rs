//! Expansion of `#[workflow] fn …`.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{FnArg, Pat, PatIdent, ReturnType, Signature, Type};

use crate::bindings::{alias, graph, support};
use crate::lower::Lowering;
use crate::recover;
use crate::report::Report;

/// A function without its body, which may be incomplete.
struct Function {
    attrs: Vec<syn::Attribute>,
    vis: syn::Visibility,
    sig: Signature,
}

impl syn::parse::Parse for Function {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self { attrs: input.call(syn::Attribute::parse_outer)?, vis: input.parse()?, sig: input.parse()? })
    }
}

/// Expands to the function that builds the workflow, or a part of one.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let (head, body) = split_body(item.clone());
    let function = match syn::parse2::<Function>(head) {
        Ok(function) => function,
        Err(error) => {
            let error = error.to_compile_error();
            return quote! { #error #item };
        }
    };
    let mut lowering = Lowering::default();
    let part = graph_parameter(&function.sig);
    let titles = titles(args, part.is_some(), &mut lowering.report);
    if let Some(token) = &function.sig.asyncness {
        lowering.report.error(token.span(), "`#[workflow]` functions cannot be async");
    }
    if let Some(token) = &function.sig.constness {
        lowering.report.error(token.span(), "`#[workflow]` functions cannot be const");
    }
    let Function { attrs, vis, mut sig } = function;
    sig.asyncness = None;
    sig.constness = None;
    // A parameter named `graph` takes precedence over the alias.
    let alias = if binds_graph(&sig) { TokenStream::new() } else { alias(&body) };
    let body = recover::block(body, &mut lowering);
    let errors = lowering.report.into_tokens();
    let (graph, support) = (graph(), support());
    if let Some(parameter) = part {
        return quote! {
            #[allow(unexpected_cfgs)]
            #(#attrs)* #vis #sig {
                #support
                #[allow(unused_variables)]
                let #graph = #parameter;
                #alias
                #body
            }
            #errors
        };
    }
    let declared = match &sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    let span = match &sig.output {
        ReturnType::Default => sig.ident.span(),
        ReturnType::Type(_, ty) => ty.span(),
    };
    let is_fallible = is_called_result(&sig.output);
    let (output, finish) = if is_fallible {
        // The type may be an alias such as `anyhow::Result<T>`, so that only the compiler knows its parts.
        let ok = quote_spanned!(span=> <#declared as ::comfy_runtime::__private::Fallible>::Ok);
        let error = quote_spanned!(span=> <#declared as ::comfy_runtime::__private::Fallible>::Error);
        (
            quote_spanned!(span=> ::core::result::Result<::comfy_runtime::Workflow<#ok>, #error>),
            quote_spanned!(Span::mixed_site()=> ::core::result::Result::Ok(__owner.finish(__outputs?)? #titles)),
        )
    } else {
        let finish = if titles.is_some() {
            quote_spanned!(Span::mixed_site()=> ::core::result::Result::Ok(__owner.finish(__outputs)? #titles))
        } else {
            quote_spanned!(Span::mixed_site()=> __owner.finish(__outputs))
        };
        let output = quote_spanned!(span=> ::core::result::Result<::comfy_runtime::Workflow<#declared>, ::comfy_runtime::GraphError>);
        (output, finish)
    };
    let probe = (!is_fallible).then(|| {
        quote_spanned! {span=>
            {
                // For a `Result`, the method of the trait is not the one that is called.
                #[allow(unused_imports)]
                use ::comfy_runtime::__private::NoResult as _;
                ::comfy_runtime::__private::Declared::<#declared>::new().is_no_result();
            }
        }
    });
    sig.output = syn::parse_quote!(-> #output);
    quote_spanned! {Span::mixed_site()=>
        // The projection of a return type repeats that type.
        #[allow(unexpected_cfgs, clippy::type_complexity)]
        #(#attrs)* #vis #sig {
            #support
            #probe
            let __owner = __c::Graph::new();
            #[allow(clippy::redundant_closure_call)]
            let __outputs = {
                let #graph = &__owner;
                #alias
                (move || -> #declared { #body })()
            };
            #finish
        }
        #errors
    }
}

/// Reads `titles`, the only argument, and returns the call that gives every node a title.
fn titles(args: TokenStream, is_part: bool, report: &mut Report) -> Option<TokenStream> {
    let mut args = args.into_iter();
    let first = args.next()?;
    let wrong = match &first {
        TokenTree::Ident(name) if name == "titles" => args.next(),
        other => Some(other.clone()),
    };
    if let Some(wrong) = wrong {
        report.error(wrong.span(), "unknown argument; `#[workflow]` accepts only `titles`");
    } else if is_part {
        report.error(first.span(), "`titles` applies to whole workflows; this function is a part of one");
    }
    Some(quote_spanned!(Span::mixed_site()=> .with_titles()))
}

/// Splits an item into its signature and the content of the braces at its end.
fn split_body(item: TokenStream) -> (TokenStream, TokenStream) {
    let mut trees: Vec<TokenTree> = item.into_iter().collect();
    match trees.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == proc_macro2::Delimiter::Brace => {
            (trees.into_iter().collect(), group.stream())
        }
        last => (trees.into_iter().chain(last).collect(), TokenStream::new()),
    }
}

/// Returns the first parameter other than `self`, if it is a `&Graph`. The function is then a part of a workflow.
fn graph_parameter(sig: &Signature) -> Option<syn::Ident> {
    let parameter = sig.inputs.iter().find_map(|input| match input {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    })?;
    let Type::Reference(reference) = &*parameter.ty else { return None };
    let Type::Path(path) = &*reference.elem else { return None };
    let Pat::Ident(name) = &*parameter.pat else { return None };
    (path.path.segments.last()?.ident == "Graph").then(|| name.ident.clone())
}

/// Returns whether a parameter is named `graph`.
fn binds_graph(sig: &Signature) -> bool {
    struct Search(bool);

    impl VisitMut for Search {
        fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
            self.0 |= pat.ident == "graph";
        }
    }

    let mut search = Search(false);
    search.visit_signature_mut(&mut sig.clone());
    search.0
}

/// Returns whether the last word of a declared type is `Result`.
fn is_called_result(output: &ReturnType) -> bool {
    let ReturnType::Type(_, declared) = output else { return false };
    let mut declared = &**declared;
    // A type that a `macro_rules!` macro passes on is a group.
    while let Type::Group(syn::TypeGroup { elem, .. }) | Type::Paren(syn::TypeParen { elem, .. }) = declared {
        declared = elem;
    }
    matches!(declared, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Result"))
}
