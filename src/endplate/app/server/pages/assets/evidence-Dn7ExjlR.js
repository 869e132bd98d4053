import{u as r,j as n,S as s}from"./index-ByeAYLJN.js";function i(){const{t:e}=r();return n.jsx(s,{title:e("step.evidence"),children:n.jsx("p",{children:e("loading")})})}export{i as default};
